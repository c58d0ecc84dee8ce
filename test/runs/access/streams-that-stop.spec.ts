import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ParticipantsPolicy } from '../../../examples/policies/participants.policy.js';
import { ProvidedAssistantsPolicy } from '../../../examples/policies/provided-assistants.policy.js';
import { AuthorizationEvents, runAsSystem } from '../../../src/index.js';
import { HeldAnswers } from '../../../src/runs/access/held.answers.js';
import { RUN_ENGINE_OPTIONS } from '../../../src/runs/engine/run-engine.options.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { objectOf, startRuns, type RunsApplication } from '../api/runs.application.js';
import { until, type LiveAnswer } from '../cluster/support/cluster.js';
import { heldWays, httpError, lastWords, type HeldWay, type Place } from './support/held.ways.js';

/** What is promised, and as much again for a machine that is busy with other tests. */
const PROMISED_MS = 2 * 1_000;
/** An answer begins before the tables have been read for it. */
const FIRST_READ_MS = 50;

const REVOKED = httpError('401: Access was revoked');
const EXPIRED = httpError('401: The token has expired');

describe.each(databases)('an answer that is held open on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: RunsApplication;
  let events: AuthorizationEvents;
  let place: Place;
  const opened: LiveAnswer[] = [];

  beforeAll(async () => {
    database = await create();
    server = await startRuns(database, {
      policies: [ParticipantsPolicy, ProvidedAssistantsPolicy],
      environment: { RUNS_CONCURRENCY: '100' },
    });
    events = server.app.get(AuthorizationEvents);
    // Its runs go on for longer than anybody waits.
    Object.assign(server.app.get<object>(RUN_ENGINE_OPTIONS), { gracePeriodMs: 0 });
    place = await newPlace();
  });
  afterEach(() => {
    for (const answer of opened.splice(0)) answer.leave();
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  /** A thread of Alice's that Bob takes part in, with a run that goes on. */
  async function newPlace(): Promise<Place> {
    const { alice, url } = server;
    const thread = await server.newThread(alice);
    await alice('PATCH', `/threads/${thread}`, { metadata: { participants: ['bob'] } });
    const body = { assistant_id: 'slow', input: { ms: 60_000 } };
    const { run_id } = objectOf(await alice('POST', `/threads/${thread}/runs`, body));
    return { url, thread, run: String(run_id) };
  }

  /** Opened by somebody, and what it tells at first is read. */
  async function held(
    way: HeldWay,
    who: string,
    claims: { expiresIn?: number } = {},
    where = place,
  ): Promise<LiveAnswer> {
    const answer = await way.open(where, await server.token(who, claims));
    opened.push(answer);
    await sleep(FIRST_READ_MS);
    return answer;
  }

  async function said(answer: LiveAnswer, way: HeldWay, withinMs = PROMISED_MS): Promise<unknown> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), withinMs);
    const open = new Promise((resolve) => late.signal.addEventListener('abort', () => resolve('still open')));
    try {
      return await Promise.race([lastWords(answer, way), open]);
    } finally {
      clearTimeout(timer);
    }
  }

  const [threadStream] = heldWays;
  const onThread = heldWays.filter(({ isStateless }) => !isStateless);

  it('ends when its token expires, and not with that of another one: every route of them (abuse case 55)', async () => {
    const staying = await held(threadStream, 'bob');
    const ended = heldWays.map(async (way) => {
      const answer = await held(way, 'bob', { expiresIn: 2 });
      return [way.name, await said(answer, way, 2 * PROMISED_MS)];
    });
    expect(await Promise.all(ended)).toEqual(heldWays.map(({ name }) => [name, EXPIRED]));
    expect(staying.isOver).toBe(false);
  });

  it.each(heldWays.map((way) => [way.name, way] as const))(
    'ends when the access of its identity is revoked, and nobody else’s: %s (abuse case 55)',
    async (_, way) => {
      const staying = await held(threadStream, 'alice');
      const answer = await held(way, 'bob');
      await events.revoke('bob');
      expect(await said(answer, way)).toEqual(REVOKED);
      expect(staying.isOver).toBe(false);
    },
  );

  it.each(onThread.map((way) => [way.name, way] as const))(
    'ends for the reader whose scope the thread has left, and stays with the one whose scope it is in: %s (abuse case 55)',
    async (_, way) => {
      const where = await newPlace();
      const [staying, leaving] = [
        await held(threadStream, 'alice', {}, where),
        await held(way, 'bob', {}, where),
      ];
      await server.alice('PATCH', `/threads/${where.thread}`, { metadata: { participants: [] } });
      expect(await said(leaving, way)).toEqual(httpError(`404: Thread with ID ${where.thread} not found`));
      expect(staying.isOver).toBe(false);
    },
  );

  it('ends when its thread is re-owned as the system, whether that is told or not (abuse case 55)', async () => {
    const threads = server.app.get<DataSource>(getDataSourceToken()).getRepository(Thread);
    for (const isTold of [true, false]) {
      const { thread, ...rest } = await newPlace();
      const answer = await held(threadStream, 'bob', {}, { thread, ...rest });
      await runAsSystem('hand a thread over', () =>
        threads.update({ thread_id: thread }, { metadata: { owner: 'carol' } }),
      );
      if (isTold) await events.changed({ resource: 'threads', id: thread.toUpperCase() });
      expect(await said(answer, threadStream)).toEqual(httpError(`404: Thread with ID ${thread} not found`));
    }
  });

  it('of a thread ends when the thread is deleted, in the same words as when it is out of reach', async () => {
    const where = await newPlace();
    const answer = await held(threadStream, 'bob', {}, where);
    expect((await server.alice('DELETE', `/threads/${where.thread}`)).status).toBe(204);
    expect(await said(answer, threadStream)).toEqual(
      httpError(`404: Thread with ID ${where.thread} not found`),
    );
  });

  it('of a run tells the end that the run is given when its thread is deleted', async () => {
    const where = await newPlace();
    const join = heldWays.find(({ name }) => name.includes('/:run_id/join'))!;
    const answer = await held(join, 'bob', {}, where);
    await server.alice('DELETE', `/threads/${where.thread}`);
    expect(await said(answer, join)).toEqual({ done: 0, ms: 60_000 });
  });

  it('of a run that takes its thread along is told to the end', async () => {
    const body = { assistant_id: 'slow', input: { ms: 700 } };
    const { text } = await server.alice('POST', '/runs/stream', body);
    expect(text).toContain('"done":1');
    expect(text).not.toContain('event: error');
  });

  it('ends whoever its row belongs to, when the request was on its way while access was revoked', async () => {
    const answer = threadStream.open(place, await server.token('bob'));
    const asked = setInterval(() => void events.revoke('bob'), 1);
    try {
      expect(await said(await answer, threadStream)).toEqual(REVOKED);
    } finally {
      clearInterval(asked);
    }
  });

  it('can be asked for again after a revocation: whether that is granted is for the strategy to say', async () => {
    await events.revoke('bob');
    const answer = await held(threadStream, 'bob');
    expect((await (await server.as('bob'))('GET', `/threads/${place.thread}`)).status).toBe(200);
    expect(answer.isOver).toBe(false);
  });

  it('ends without cancelling the run whose creator asked for that on disconnect', async () => {
    const { thread } = await newPlace();
    const way = heldWays.find(({ name }) => name === 'POST /threads/:thread_id/runs/stream')!;
    const answer = await held(way, 'bob', {}, { ...place, thread });
    await events.revoke('bob');
    await said(answer, way);
    const path = answer.headers.get('content-location')!;
    expect(objectOf(await server.alice('GET', path)).status).toMatch(/pending|running/);
  });

  it('is forgotten when it is over, whoever ended it', async () => {
    const answer = await held(threadStream, 'alice');
    answer.leave();
    for (const other of opened) other.leave();
    const answers = server.app.get(HeldAnswers);
    await until('nothing is held', () => answers.isEmpty);
    expect([...answers.threads()]).toEqual([]);
  });
});
