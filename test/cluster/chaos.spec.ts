import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { eventsOf } from '../runs/api/runs.application.js';
import { ServiceCluster } from '../support/cluster/service.cluster.js';
import { startPostgres, type PostgresServer } from '../support/postgres.server.mjs';
import { ChaosClient } from './support/chaos.client.js';
import { chaosGraphs, linesOf, wordsOf } from './support/chaos.graphs.js';
import { ChaosLoad, type ReadRun } from './support/chaos.load.js';
import { Dice } from './support/dice.js';
import { Disasters } from './support/disasters.js';
import { endedOnce, Fates } from './support/fates.js';

/** How long things go wrong: never more than three minutes. */
const SECONDS = Math.min(Number(process.env.ONAUTH_CHAOS_SECONDS ?? 25), 180);
const SEED = Number(process.env.ONAUTH_CHAOS_SEED ?? randomBytes(4).readUInt32LE());
const USERS = 8;
/** What was begun may take its time to end. */
const RECOVERY_MS = 180_000;

interface EndedRun {
  readonly name: string;
  readonly diary: readonly string[] | null;
}

describe(`two API and two worker processes for ${SECONDS} s of disasters with seed ${SEED}`, () => {
  let postgres: PostgresServer;
  let cluster: ServiceCluster;
  let client: ChaosClient;
  let fates: Fates;
  let disasters: Disasters;
  const loads: ChaosLoad[] = [];

  beforeAll(
    async () => {
      // A transaction that was reported as committed survives a crash of the server.
      postgres = await startPostgres(['synchronous_commit=on']);
      const secret = randomBytes(32).toString('base64url');
      cluster = await ServiceCluster.start(
        {
          graphs: chaosGraphs,
          environment: {
            NODE_ENV: 'test',
            LOG_LEVEL: 'silent',
            DATABASE_URL: postgres.url,
            AUTH_JWT_SECRET: secret,
          },
        },
        { leaseMs: 3_000 },
      );
      fates = new Fates(postgres.url);
      await fates.begin();
      const token = await new SignJWT({ permissions: [] })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('alice')
        .setExpirationTime('1h')
        .sign(Buffer.from(secret));
      client = new ChaosClient(cluster.url, token);
      const dice = new Dice(SEED);
      disasters = new Disasters(cluster, postgres, fates, dice.fork());
      for (let user = 0; user < USERS; user++) loads.push(new ChaosLoad(`user-${user}`, client, dice.fork()));
      await survive();
    },
    SECONDS * 1_000 + 2 * RECOVERY_MS,
  );

  afterAll(async () => {
    await cluster.stop();
    await postgres.stop();
  });

  async function survive(): Promise<void> {
    const end = Date.now() + SECONDS * 1_000;
    const isOver = () => Date.now() > end;
    const work = Promise.all(loads.map((load) => load.goOn(isOver)));
    await disasters.goOn(isOver);
    await disasters.repaired();
    await work;
    const deadline = Date.now() + RECOVERY_MS;
    while ((await fates.open()) > 0 && Date.now() < deadline) await sleep(200);
  }

  const readRuns = (): ReadRun[] => loads.flatMap(({ readRuns: read }) => read);

  it('saw every kind of disaster, and worked in spite of them', async () => {
    const stories = await fates.all();
    console.log(
      `seed ${SEED}`,
      disasters.happened,
      countsOf(stories.map(({ story }) => story.join(' '))),
      Object.fromEntries(client.answers),
      {
        readToTheEnd: readRuns().length,
        returns: readRuns().reduce((sum, { reader }) => sum + reader.returns, 0),
      },
    );
    expect(Object.values(disasters.happened).every((times) => times > 0)).toBe(true);
    expect(readRuns().length).toBeGreaterThan(0);
  });

  it('ended every run, and each of them once', async () => {
    const stories = await fates.all();
    expect(stories.filter((fate) => !endedOnce(fate))).toEqual([]);
  });

  it('failed no run', async () => {
    expect(
      await fates.query(
        `SELECT run_id, status, error, attempt, lease_losses FROM run WHERE status IN ('error', 'timeout')`,
      ),
    ).toEqual([]);
  });

  it('left no lease, and no thread that is busy', async () => {
    const leases = `SELECT run_id FROM run WHERE worker_id IS NOT NULL OR lease_expires_at IS NOT NULL`;
    expect(await fates.query(leases)).toEqual([]);
    expect(await fates.query(`SELECT thread_id FROM thread WHERE status = 'busy'`)).toEqual([]);
  });

  it('did each step of each successful run once', async () => {
    const runs = await fates.query<EndedRun>(
      `SELECT kwargs->'input'->>'name' AS name, t.values->'diary' AS diary
       FROM run r JOIN thread t USING (thread_id) WHERE r.status = 'success' AND r.graph_id = 'diary'`,
    );
    const wrong = runs.filter(({ name, diary }) => {
      const own = (diary ?? []).filter((line) => line.startsWith(`${name} `));
      return JSON.stringify(own) !== JSON.stringify(linesOf(name));
    });
    expect(wrong).toEqual([]);
  });

  it('gave every reader of a resumable run all of its events, each once', async () => {
    for (const { reader } of readRuns()) {
      const response = await client.open('GET', `${reader.path}/stream`, undefined, {
        'last-event-id': '-1',
      });
      const { text } = await client.read(response!);
      expect({ path: reader.path, events: reader.events }).toEqual({
        path: reader.path,
        events: eventsOf(text),
      });
      const ids = reader.events.map(({ id }) => Number(id));
      expect(ids).toEqual(ids.map((_, index) => ids[0] + index));
    }
  });

  it('let every resumable run say each of its words once', () => {
    for (const { name, reader } of readRuns()) {
      const words = reader.events.filter(({ event }) => event === 'custom').map(({ data }) => data);
      expect(words).toEqual(wordsOf(name));
    }
  });
});

function countsOf(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
