import { isDeepStrictEqual } from 'node:util';
import type { MatrixRow } from '../../on-auth/authorization.matrix.js';
import type { Refusal, RouteId } from '../../on-auth/route.id.js';
import { comparable, summary } from './comparison.js';
import type { Exception } from './exception.js';
import { ghostOf } from './ghost.js';
import { put, requestOf, type ReplayRequest, type Reply, type Send } from './request.js';
import { idsFor, titleOf, type Template, type World } from './template.js';

/** Somebody else than the one whose ids are put into the requests. */
export interface Intruder<W> {
  readonly name: string;
  /** By which they prove who they are; none for nobody. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly world: W;
  /** Whether requests get past the guard at all: only then an id that is taken is told. */
  readonly admitted: boolean;
  readonly hasWorld: boolean;
}

/** `run_ids`: a namespace is a list as well, but of labels. */
const IS_LIST = /(^|_)ids$/;

/** A request with somebody else's id in it, and the same with an id that never existed; what was put where, for the messages. */
interface Trial<I extends object, W extends World<I>> {
  readonly template: Template<I, W>;
  readonly place: string;
  /** How it is put there. */
  readonly way: 'alone' | 'beside' | 'all';
  /** How the route says that it refuses such an id. */
  readonly refusal?: Refusal;
  readonly theirs: unknown;
  readonly own: (world: W) => Promise<I>;
  readonly fill: (request: ReplayRequest, value: unknown) => void;
  readonly exception?: Exception;
}

export interface Findings {
  requests: number;
  readonly differences: string[];
  /** Answers to an intruder in which the secret was. */
  readonly leaks: string[];
}

export interface ReplayOptions<I extends object> {
  readonly send: Send;
  readonly rows: readonly MatrixRow[];
  /** The ids of the one who is to be protected, those that belong together side by side. */
  readonly theirs: readonly I[];
  /** In everything of theirs; no answer to anybody else may have it. */
  readonly secret: string;
  /** The value for a place, out of somebody's ids; undefined where the place names no row of anybody. */
  readonly valueFor: (id: RouteId, ids: I) => unknown;
  readonly exceptions?: readonly Exception[];
}

/** Replays requests with somebody else's ids in every place that routes declare, each beside one with an id that never existed. */
export class Replay<I extends object, W extends World<I>> {
  readonly findings: Findings = { requests: 0, differences: [], leaks: [] };

  private readonly nobodys = new Map<string, Promise<Asked>>();

  constructor(private readonly options: ReplayOptions<I>) {}

  async run(templates: readonly Template<I, W>[], intruder: Intruder<W>, width: number): Promise<void> {
    const waiting = templates.flatMap((template) => this.trialsOf(template, intruder));
    const work = async (): Promise<void> => {
      for (let trial = waiting.shift(); trial; trial = waiting.shift()) await this.compare(trial, intruder);
    };
    await Promise.all(Array.from({ length: width }, work));
  }

  /** Makes the requests that name no row: nothing of somebody else's may be found by them. */
  async look(templates: readonly Template<I, W>[], intruder: Intruder<W>): Promise<void> {
    for (const template of templates.filter((each) => idsFor(each, this.options.rows).length === 0))
      await this.ask({ template, own: template.own ?? settled, fill: () => undefined }, intruder, []);
  }

  private trialsOf(template: Template<I, W>, intruder: Intruder<W>): readonly Trial<I, W>[] {
    // Who has no rows is refused for them before anything is looked at that is nested in the request.
    const isShallow = intruder.admitted && !intruder.hasWorld;
    const ids = idsFor(template, this.options.rows).filter(({ name }) => !isShallow || !name.includes('.'));
    const single = ids.flatMap((id) => this.trialsAt(template, id, intruder));
    if (ids.length < 2 || single.some(({ exception }) => exception)) return single;
    return [...single, ...this.options.theirs.map((bundle) => this.trialOfAll(template, ids, bundle))];
  }

  /** Somebody else's id where one of the caller's own would be, alone and, in a list, beside it. */
  private trialsAt(template: Template<I, W>, id: RouteId, intruder: Intruder<W>): readonly Trial<I, W>[] {
    const { theirs: bundles, valueFor, exceptions = [] } = this.options;
    const all = distinct(bundles.map((bundle) => valueFor(id, bundle)));
    const exception = exceptions.find(
      ({ title, place }) => intruder.admitted && title === titleOf(template) && place === id.name,
    );
    // What is refused leaves the caller's own world as it is, and is asked about every row of theirs.
    const own = id.refusal === 404 ? settled<I> : (template.own ?? settled<I>);
    const values = id.refusal === 404 || exception ? all : all.slice(0, 1);
    return values.flatMap((theirs): readonly Trial<I, W>[] => {
      const { name: place } = id;
      const refusal = template.refusals?.[place] ?? id.refusal;
      const trial = { template, place, refusal, theirs, exception, own };
      const alone: Trial<I, W> = {
        ...trial,
        way: 'alone',
        fill: (request: ReplayRequest, value: unknown) => put(request, id, value),
      };
      const beside: Trial<I, W> = {
        ...trial,
        way: 'beside',
        fill: (request: ReplayRequest, value: unknown) => put(request, id, value, true),
      };
      return IS_LIST.test(place) ? [alone, beside] : [alone];
    });
  }

  private async compare(trial: Trial<I, W>, intruder: Intruder<W>): Promise<void> {
    const theirs = await this.ask(trial, intruder, trial.theirs);
    if (trial.exception) {
      this.expect(trial.exception, theirs);
      return;
    }
    this.expectRefusal(trial, intruder, theirs);
    const nobodys = await this.askNobodys(trial, intruder);
    if (theirs.comparable === nobodys.comparable) return;
    this.findings.differences.push(
      `${intruder.name}, ${titleOf(trial.template)}, ${trial.place}\n${theirs.request}\n${theirs.comparable}\n-- but --\n${nobodys.request}\n${nobodys.comparable}`,
    );
  }

  /** The matrix is no fiction: who has a world of their own is refused for this one id, and as it says. */
  private expectRefusal(
    { template, place, refusal }: Trial<I, W>,
    { name, hasWorld }: Intruder<W>,
    asked: Asked,
  ): void {
    if (!hasWorld || refusal === undefined || isRefusal(refusal, asked.reply)) return;
    this.findings.differences.push(
      `${name}, ${titleOf(template)}, ${place}: the matrix says ${refusal}\n${asked.request}\n${asked.comparable}`,
    );
  }

  /** Where requests change nothing, ids that never existed are asked for once in every place. */
  private askNobodys(trial: Trial<I, W>, intruder: Intruder<W>): Promise<Asked> {
    const ask = () => this.ask(trial, intruder, ghostOf(trial.theirs));
    if (trial.own !== (settled<I>)) return ask();
    const key = [intruder.name, titleOf(trial.template), trial.place, trial.way].join();
    const asked = this.nobodys.get(key) ?? ask();
    this.nobodys.set(key, asked);
    return asked;
  }

  private expect({ title, place, status, detail }: Exception, { reply, request }: Asked): void {
    const told = /"(?:detail|message)":"([^"]*)"/.exec(reply.text)?.[1] ?? '';
    if (reply.status === status && detail.test(told)) return;
    this.findings.differences.push(
      `${title}, ${place}: ${status} ${detail.source} was to be answered\n${request}\n${reply.status} ${reply.text}`,
    );
  }

  private async ask(
    { template, own, fill }: Pick<Trial<I, W>, 'template' | 'own' | 'fill'>,
    { headers, world }: Intruder<W>,
    value: unknown,
  ): Promise<Asked> {
    const request = requestOf(template, await own(world));
    fill(request, value);
    const reply = await this.options.send(request, headers);
    this.findings.requests++;
    if (reply.text.includes(this.options.secret))
      this.findings.leaks.push(`${summary(request)}\n${reply.text}`);
    return { request: summary(request), reply, comparable: comparable(reply, [value].flat()) };
  }

  /** All ids are somebody else's, and belong together. */
  private trialOfAll(template: Template<I, W>, ids: readonly RouteId[], bundle: I): Trial<I, W> {
    const fill = (request: ReplayRequest, value: unknown): void => {
      // In every place of the path, and every other one that is a field of its own.
      for (const id of ids.filter(({ name }) => !name.includes('.'))) {
        const own = this.options.valueFor(id, value as I);
        if (own !== undefined) put(request, id, own);
      }
    };
    return { template, place: 'all of them', theirs: bundle, way: 'all', own: settled, fill };
  }
}

interface Asked {
  readonly request: string;
  readonly reply: Reply;
  readonly comparable: string;
}

function settled<I extends object>(world: World<I>): Promise<I> {
  return world.settled();
}

function isRefusal(refusal: Refusal, { status, text }: Reply): boolean {
  if (typeof refusal === 'number') return status === refusal;
  if (refusal === 'null') return status === 200 && text === 'null';
  if (refusal === 'stream error') return text.includes('event: error');
  return status >= 200 && status <= 299;
}

function distinct(values: readonly unknown[]): readonly unknown[] {
  const defined = values.filter((value) => value !== undefined);
  return defined.filter((value, at) => defined.findIndex((other) => isDeepStrictEqual(other, value)) === at);
}
