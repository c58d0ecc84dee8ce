import type { AuthEvent } from '../../../src/on-auth/index.js';
import { principalOf } from '../../../src/testing/bed.user.js';
import { Cast, type Part } from './cast.js';
import type { FuzzServer } from './fuzz.server.js';
import { Model } from './model.js';
import { Disagreement, expectSame, statusOf, type FuzzAnswer, type Step, type Trial } from './operation.js';
import { expectRemains, removeRemains } from './remains.js';
import { verdictOn, type Who } from './rules.js';

/** Counts what a fuzz has done. */
export interface Tally {
  requests: number;
  explanations: number;
  /** How often each status was answered, and was right. */
  readonly statuses: Map<number, number>;
}

const EXPLAINED = ['threads', 'assistants', 'crons'] as const;
const USES = ['read', 'update', 'delete'] as const;

/** Principals and rows that nobody else has, with the model of them. */
export class World {
  private readonly model = new Model();
  private readonly cast: Cast;
  private tokens: readonly string[] = [];

  constructor(
    private readonly server: FuzzServer,
    parts: readonly Part[],
    private readonly mark: string,
    private readonly tally: Tally,
  ) {
    this.cast = new Cast(parts, mark);
  }

  /**
   * Asks one thing after the other, compares each answer with the model, and what is left in the end as well. Leaves nothing.
   * @throws Disagreement
   */
  async play(steps: readonly Step[]): Promise<void> {
    this.tokens = await Promise.all(this.cast.actors.map((actor) => this.server.tokenOf(actor)));
    try {
      for (const step of steps) await this.take(step);
      await this.explain(steps);
      await expectRemains(this.server.dataSource, this.model, this.mark);
    } finally {
      await removeRemains(this.server.dataSource, this.model, this.mark);
    }
  }

  private async take(step: Step): Promise<void> {
    const { actors } = this.cast;
    const isNobody = step.actor === NOBODY;
    const place = step.actor % actors.length;
    const trial = step.try({ model: this.model, cast: this.cast, actor: actors[place] });
    const answer = await this.server.send(trial.request, isNobody ? undefined : this.tokens[place]);
    this.tally.requests += 1;
    try {
      this.judge(isNobody ? { request: trial.request, status: 401 } : trial, answer);
    } catch (error) {
      throw described(error, trial, answer, isNobody ? 'nobody' : describeWho(actors[place]));
    }
    this.tally.statuses.set(answer.status, (this.tally.statuses.get(answer.status) ?? 0) + 1);
  }

  private judge({ status, settle }: Trial, answer: FuzzAnswer): void {
    expectSame('the status', answer.status, status);
    if (status <= 299) settle?.(answer);
    else if (answer.text.includes(this.mark)) throw new Disagreement('the refusal tells of the world');
  }

  /** That an explanation has the status that a request would have, for some of the principals and rows. */
  private async explain(steps: readonly Step[]): Promise<void> {
    const { actors } = this.cast;
    for (const [turn, { actor }] of steps.filter((_, index) => index % EXPLAINED_EVERY === 0).entries()) {
      const resource = EXPLAINED[turn % EXPLAINED.length];
      const use = USES[actor % USES.length];
      const who = actors[actor % actors.length];
      const { id, row } = this.model[resource].at(turn);
      const event: AuthEvent = `${resource}:${use}`;
      const {
        status,
        row: found,
        mismatch,
      } = await this.server.onAuth.explain(principalOf({ ...who }), event, id);
      const expected = statusOf(verdictOn(who, resource, use), row);
      const [title, isVisible] = [
        `explanation of ${event} to ${describeWho(who)} of ${id}`,
        expected === 200,
      ];
      expectSame(`the status of the ${title}`, status, expected);
      expectSame(`the row of the ${title}`, found?.visible ?? false, isVisible);
      if (found && expected === 404)
        expectSame(`whether the ${title} has a reason`, mismatch !== undefined, true);
      this.tally.explanations += 1;
    }
  }
}

/** The place of an actor who has no token. */
export const NOBODY = 24;
const EXPLAINED_EVERY = 20;

function describeWho({ identity, rule }: Who): string {
  return `${JSON.stringify(identity)} (${rule})`;
}

function described(error: unknown, { request }: Trial, answer: FuzzAnswer, who: string): unknown {
  if (!(error instanceof Disagreement)) return error;
  const { method, url, body = {} } = request;
  return new Disagreement(
    `${method} ${url} ${JSON.stringify(body)} as ${who}: ${error.message}\nanswered ${answer.status} ${answer.text.slice(0, 500)}`,
  );
}
