import type { INestApplicationContext, Type } from '@nestjs/common';
import { Authorizer, runAsSystem } from '../../../src/on-auth/index.js';
import { ScopeCompiler } from '../../../src/persistence/scoping/scope.compiler.js';
import { RunsService } from '../../../src/runs/runs.service.js';
import { ThreadStateService } from '../../../src/threads/thread-state.service.js';
import { ThreadsService } from '../../../src/threads/threads.service.js';

/** Puts a bug into a running application. @returns what takes it out again */
type Plant = (app: INestApplicationContext) => () => void;

/** The bugs that a server of this kind has had, for a fuzz to find. There is no switch for any of them in the server. */
const PLANTS = {
  /** One route of many reads past the filter. */
  'filter-dropped': (app) => pastEveryScope(app, ThreadStateService, 'read'),

  /** A run is found by its own id, whoever its thread belongs to. */
  'child-without-parent': (app) => pastEveryScope(app, RunsService, 'find'),

  /** `a OR b` beside further conditions, of which AND takes only the half. */
  'or-without-brackets': () =>
    replaced(
      ScopeCompiler.prototype,
      'conditionOn',
      (conditionOn) =>
        function (this: ScopeCompiler, ...asked: Parameters<ScopeCompiler['conditionOn']>) {
          const condition = conditionOn.apply(this, asked);
          return condition && withoutBrackets(condition);
        },
    ),

  /** A decision is remembered by what was asked, and not by who asked. */
  'shared-cache': (app) =>
    replaced(app.get(Authorizer), 'decide', (decide) => {
      const decisions = new Map<string, ReturnType<Authorizer['decide']>>();
      return function (this: Authorizer, ...asked: Parameters<Authorizer['decide']>) {
        const [, event, value] = asked;
        const question = JSON.stringify([event, value]);
        const known = decisions.get(question) ?? decide.apply(this, asked);
        decisions.set(question, known);
        return known;
      };
    }),

  /** The rows of a search are filtered, and their number is not. */
  'count-unfiltered': (app) => pastEveryScope(app, ThreadsService, 'count'),
} satisfies Record<string, Plant>;

export type PlantKind = keyof typeof PLANTS;
export const PLANT_KINDS = Object.keys(PLANTS) as PlantKind[];

export function plant(kind: PlantKind, app: INestApplicationContext): () => void {
  return PLANTS[kind](app);
}

function pastEveryScope<T extends object>(
  app: INestApplicationContext,
  type: Type<T>,
  name: keyof T & string,
): () => void {
  return replaced(app.get(type), name, (method) => {
    const unscoped = function (this: T, ...asked: unknown[]): unknown {
      return runAsSystem('a planted bug', (): unknown => Reflect.apply(method as () => unknown, this, asked));
    };
    return unscoped as T[typeof name];
  });
}

/** Replaces a method, of an object or of all of its kind. */
function replaced<T extends object, K extends keyof T & string>(
  target: T,
  name: K,
  make: (original: T[K]) => T[K],
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { configurable: true, writable: true, value: make(target[name]) });
  return () => {
    if (own) Object.defineProperty(target, name, own);
    else Reflect.deleteProperty(target, name);
  };
}

/** Takes away the parentheses that hold alternatives together. */
function withoutBrackets(sql: string): string {
  const open: { readonly at: number; holdsOr: boolean }[] = [];
  const dropped = new Set<number>();
  for (let at = 0; at < sql.length; at++) {
    if (sql[at] === '(') open.push({ at, holdsOr: false });
    else if (sql.startsWith(' OR ', at)) open.at(-1)!.holdsOr = true;
    else if (sql[at] === ')') {
      const bracket = open.pop()!;
      if (bracket.holdsOr) dropped.add(bracket.at).add(at);
    }
  }
  return sql
    .split('')
    .filter((_, at) => !dropped.has(at))
    .join('');
}
