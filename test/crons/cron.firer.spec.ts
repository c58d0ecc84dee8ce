import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Cron } from '../../src/crons/cron.entity.js';
import { CronFirer } from '../../src/crons/scheduler/cron.firer.js';
import { RunEngine } from '../../src/runs/engine/run.engine.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { HOUR, startCrons, type CronsApplication } from './support/crons.application.js';

const HOURLY = { schedule: '0 * * * *', on_run_completed: 'keep' };

describe.each(databases)('the firing of one occurrence on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: CronsApplication;
  let firer: CronFirer;

  beforeAll(async () => {
    database = await create();
    server = await startCrons(database);
    firer = server.app.get(CronFirer);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  /** A cron that is due, and that the scheduler leaves alone. */
  const claimed = async (change: Partial<Cron> = {}): Promise<Cron> => {
    const { cron_id } = await server.cronOf(server.alice, HOURLY);
    const due = { next_run_date: new Date(), claimed_until: new Date(Date.now() + HOUR), attempts: 1 };
    return server.asSystem(async (manager) => {
      await manager.update(Cron, { cron_id }, { ...due, attempts: change.attempts ?? due.attempts });
      return manager.findOneByOrFail(Cron, { cron_id });
    });
  };

  it('happens once, however many try it at the same time, and again later', async () => {
    const cron = await claimed();
    await Promise.all(Array.from({ length: 12 }, () => firer.fire(cron)));
    await firer.fire(cron);
    expect(await server.runsOf(cron.cron_id)).toHaveLength(1);
    expect(await server.read(server.alice, cron.cron_id)).toMatchObject({ last_error: null });
  });

  it('leaves no thread behind where it came too late', async () => {
    const cron = await claimed();
    await firer.fire(cron);
    const count = async () => (await server.alice('POST', '/threads/count', {})).body;
    const before = await count();
    await firer.fire(cron);
    expect(await count()).toBe(before);
  });

  it.each<[string, object]>([
    ['changed', { input: { messages: [] } }],
    ['paused', { enabled: false }],
    ['given another schedule', { schedule: '30 * * * *' }],
  ])('does not happen as it was prepared when the cron was %s meanwhile', async (_, change) => {
    const cron = await claimed();
    await server.alice('PATCH', `/runs/crons/${cron.cron_id}`, change);
    await firer.fire(cron);
    for (const { kwargs } of await server.runsOf(cron.cron_id)) expect(kwargs).toMatchObject(change);
  });

  it('does not happen, and fails nobody, when the cron was deleted meanwhile', async () => {
    const cron = await claimed();
    await server.alice('DELETE', `/runs/crons/${cron.cron_id}`);
    await firer.fire(cron);
    expect(await server.runsOf(cron.cron_id)).toEqual([]);
  });

  it('is tried again after a fault of the server, and told after the fifth', async () => {
    const fail = () =>
      jest.spyOn(server.app.get(RunEngine), 'enqueue').mockRejectedValueOnce(new Error('disk is full'));
    const cron = await claimed();
    fail();
    await firer.fire(cron);
    expect(await server.read(server.alice, cron.cron_id)).toMatchObject({
      next_run_date: cron.next_run_date?.toISOString(),
      last_error: null,
    });
    await firer.fire(cron);
    expect(await server.runsOf(cron.cron_id)).toHaveLength(1);

    const last = await claimed({ attempts: 5 });
    fail();
    await firer.fire(last);
    const { next_run_date, last_error } = await server.read(server.alice, last.cron_id);
    expect(last_error).toMatchObject({ status: 500, detail: 'Internal Server Error' });
    expect(Date.parse(next_run_date ?? '')).toBeGreaterThan(Date.now());
  });

  it('comes when it is due, not before', async () => {
    const { cron_id } = await server.cronOf(server.alice, HOURLY);
    const due = Date.now() + 700;
    await server.makeDue(cron_id, -700);
    let fired: string | null = null;
    for (let waited = 0; !fired && waited < 200; waited++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      fired = (await server.read(server.alice, cron_id)).last_fired_at;
    }
    expect(Date.parse(fired ?? '')).toBeGreaterThanOrEqual(due - 5);
    expect(await server.runsOf(cron_id)).toHaveLength(1);
  });
});
