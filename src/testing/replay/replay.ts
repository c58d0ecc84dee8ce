import { isDeepStrictEqual } from 'node:util';
import type { MatrixRow, Refusal, RouteId } from '../../../src/on-auth/index.js';
import { comparable, summary } from './comparison.js';
import { exceptions, type Exception } from './exceptions.js';
import { ghostOf, valueFor, type Ids } from './ids.js';
import type { OwnWorld } from './own.world.js';
import { put, putAll, requestOf, send, type Reply, type Request } from './request.js';
import { idsFor, titleOf, type Template } from './template.js';

/** Somebody who is not Alice. */
export interface Intruder {
  readonly name: string;
  readonly token?: string;
  readonly world: OwnWorld;
  /** Whether requests get past the guard at all: only then an id that is taken is told. */
  readonly admitted: boolean;
  readonly hasWorld: boolean;
}

/** `run_ids`: a namespace is a list as well, but of labels. */
const IS_LIST = /(^|_)ids$/;

/** A request with Alice's id in it, and the same with an id that never existed; what was put where, for the messages. */
interface Trial {
  readonly template: Template;
  readonly place: string;
  /** How it is put there. */
  readonly way: 'alone' | 'beside' | 'all';
  /** How the route says that it refuses such an id. */
  readonly refusal?: Refusal;
  readonly theirs: unknown;
  readonly own: (world: OwnWorld) => Promise<Ids>;
  readonly fill: (request: Request, value: unknown) => void;
  readonly exception?: Exception;
}

export interface Findings {
  requests: number;
  readonly differences: string[];
  /** Every answer that an intruder got, to be searched for what is Alice's. */
  readonly leaks: string[];
}

/** Replays requests with Alice's ids in every place that routes declare. */
export class Replay {
  readonly findings: Findings = { requests: 0, differences: [], leaks: [] };

  private readonly nobodys = new Map<string, Promise<Asked>>();

  constructor(
    private readonly url: string,
    private readonly rows: readonly MatrixRow[],
    private readonly alice: readonly Ids[],
    private readonly secret: string,
  ) {}

  async run(templates: readonly Template[], intruder: Intruder, width: number): Promise<void> {
    const waiting = templates.flatMap((template) => this.trialsOf(template, intruder));
    const work = async (): Promise<void> => {
      for (let trial = waiting.shift(); trial; trial = waiting.shift()) await this.compare(trial, intruder);
    };
    await Promise.all(Array.from({ length: width }, work));
  }

  private trialsOf(template: Template, intruder: Intruder): readonly Trial[] {
    // Who has no rows is refused for them before anything is looked at that is nested in the request.
    const isShallow = intruder.admitted && !intruder.hasWorld;
    const ids = idsFor(template, this.rows).filter(({ name }) => !isShallow || !name.includes('.'));
    const single = ids.flatMap((id) => this.trialsAt(template, id, intruder));
    if (ids.length < 2 || single.some(({ exception }) => exception)) return single;
    return [...single, ...this.alice.map((bundle) => trialOfAll(template, ids, bundle))];
  }

  /** Alice's id where one of the caller's own would be, alone and, in a list, beside it. */
  private trialsAt(template: Template, id: RouteId, intruder: Intruder): readonly Trial[] {
    const all = distinct(this.alice.map((bundle) => valueFor(id, bundle)));
    const exception = exceptions.find(
      ({ title, place }) => intruder.admitted && title === titleOf(template) && place === id.name,
    );
    // What is refused leaves the caller's own world as it is, and is asked about every row of Alice's.
    const own = id.refusal === 404 ? settled : (template.own ?? settled);
    const values = id.refusal === 404 || exception ? all : all.slice(0, 1);
    return values.flatMap((theirs): readonly Trial[] => {
      const { name: place } = id;
      const refusal = template.refusals?.[place] ?? id.refusal;
      const trial = { template, place, refusal, theirs, exception, own };
      const alone: Trial = {
        ...trial,
        way: 'alone',
        fill: (request: Request, value: unknown) => put(request, id, value),
      };
      const beside: Trial = {
        ...trial,
        way: 'beside',
        fill: (request: Request, value: unknown) => put(request, id, value, true),
      };
      return IS_LIST.test(place) ? [alone, beside] : [alone];
    });
  }

  private async compare(trial: Trial, intruder: Intruder): Promise<void> {
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
    { template, place, refusal }: Trial,
    { name, hasWorld }: Intruder,
    asked: Asked,
  ): void {
    if (!hasWorld || refusal === undefined || isRefusal(refusal, asked.reply)) return;
    this.findings.differences.push(
      `${name}, ${titleOf(template)}, ${place}: the matrix says ${refusal}\n${asked.request}\n${asked.comparable}`,
    );
  }

  /** Where requests change nothing, ids that never existed are asked for once in every place. */
  private askNobodys(trial: Trial, intruder: Intruder): Promise<Asked> {
    const ask = () => this.ask(trial, intruder, ghostOf(trial.theirs));
    if (trial.own !== settled) return ask();
    const key = [intruder.name, titleOf(trial.template), trial.place, trial.way].join();
    const asked = this.nobodys.get(key) ?? ask();
    this.nobodys.set(key, asked);
    return asked;
  }

  private expect({ title, place, status, detail }: Exception, { reply, request }: Asked): void {
    const told = /"detail":"([^"]*)"/.exec(reply.text)?.[1] ?? '';
    if (reply.status === status && detail.test(told)) return;
    this.findings.differences.push(
      `${title}, ${place}: ${status} ${detail.source} was to be answered\n${request}\n${reply.status} ${reply.text}`,
    );
  }

  private async ask(
    { template, own, fill }: Trial,
    { token, world }: Intruder,
    value: unknown,
  ): Promise<Asked> {
    const request = requestOf(template, await own(world));
    fill(request, value);
    const reply = await send(this.url, token, request);
    this.findings.requests++;
    if (reply.text.includes(this.secret)) this.findings.leaks.push(`${summary(request)}\n${reply.text}`);
    return { request: summary(request), reply, comparable: comparable(reply, [value].flat()) };
  }
}

interface Asked {
  readonly request: string;
  readonly reply: Reply;
  readonly comparable: string;
}

const settled = (world: OwnWorld): Promise<Ids> => world.settled();

/** All ids are Alice's, and belong together. */
function trialOfAll(template: Template, ids: readonly RouteId[], bundle: Ids): Trial {
  const fill = (request: Request, value: unknown) => putAll(request, ids, value as Ids);
  return { template, place: 'all of them', theirs: bundle, way: 'all', own: settled, fill };
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
