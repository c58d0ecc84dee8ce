import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, In, LessThan, Not } from 'typeorm';
import { AuthorizationMatrix, runAsSystem, type MatrixRow } from '../../src/on-auth/index.js';
import { Run } from '../../src/runs/run.entity.js';
import { Replay } from '../../src/testing/replay/replay.js';
import { put, requestOf } from '../../src/testing/replay/request.js';
import { changesOf, newRowsOn, readTables, type Tables } from '../../src/testing/replay/table.snapshot.js';
import { idsFor, titleOf } from '../../src/testing/replay/template.js';
import { callerOf, startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { SECRET, makeAliceWorld, readBack } from './support/alice.world.js';
import { valueFor, type Ids } from './support/ids.js';
import { MEMBER, membersPolicy, type Fired } from './support/members.policy.js';
import { ownWorldOf, type OwnWorld } from './support/own.world.js';
import { intrudersOf } from './support/intruders.js';
import { exceptions } from './support/exceptions.js';
import { senderTo } from './support/sender.js';
import type { Template } from './support/template.js';
import { templates } from './templates/index.js';

const CONCURRENCY = 6;
/** A worker proves in these that it is alive, whatever anybody asks for. */
const BEATING = ['lease_expires_at'];

describe.each(databases)('the replay of every route as somebody else on $dialect', ({ create, dialect }) => {
  const fired: Fired[] = [];
  let database: TestDatabase;
  let application: TestApplication;
  let rows: readonly MatrixRow[];
  let aliceToken: string;
  let alice: Caller;
  let aliceOwn: OwnWorld;
  let world: readonly Ids[];
  let tables: Tables;
  let saidBefore: readonly unknown[];
  let report: string;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({
      databaseUrl: database.url,
      graphs: testGraphs,
      policies: [membersPolicy(fired)],
    });
    rows = application.app.get(AuthorizationMatrix).rows();
    aliceToken = await application.token('alice', { permissions: [MEMBER] });
    alice = callerOf(application.url, aliceToken);
    aliceOwn = ownWorldOf(alice, SECRET);
  }, 60_000);

  afterAll(async () => {
    await alice('POST', '/runs/cancel', { status: 'all' });
    await application.stop();
    await database.drop();
  });

  it('has a valid request for every route; a new one is added to test/isolation/templates', () => {
    const placesOf = (template: Pick<Template, 'route' | 'only' | 'without'>) => [
      template.route,
      ...idsFor(template, rows).map(({ name }) => `${template.route} ${name}`),
    ];
    const declared = rows.flatMap(({ route }) => placesOf({ route }));
    const covered = templates.flatMap(placesOf);
    expect(declared.filter((place) => !covered.includes(place))).toEqual([]);
    expect(covered.filter((place) => !declared.includes(place))).toEqual([]);
  });

  it('makes requests that Alice herself is answered, with her own id in every place, and that fire what is declared', async () => {
    const faults: string[] = [];
    for (const template of templates)
      for (const id of [undefined, ...idsFor(template, rows)]) {
        const own = await (template.own ?? ((own: OwnWorld) => own.settled()))(aliceOwn);
        const request = requestOf(template, own);
        if (id) put(request, id, valueFor(id, own));
        const events = fired.length;
        const { status, text } = await senderTo(application.url)(request, {
          authorization: `Bearer ${aliceToken}`,
        });
        const title = `${titleOf(template)}, ${id?.name ?? 'as it is'}`;
        if (status > 299) faults.push(`${title}: ${status} ${text}`);
        for (const event of undeclared(template, fired.slice(events)))
          faults.push(`${title}: fired ${event}, which is not declared`);
      }
    expect(faults).toEqual([]);
  }, 300_000);

  it('finds no difference between what is Alice’s and what never existed (abuse cases 30, 31, 33 and 37)', async () => {
    world = await makeAliceWorld(alice);
    tables = await readTables(application.app.get(DataSource), BEATING);
    saidBefore = await readBack(alice, world);
    const replay = new Replay<Ids, OwnWorld>({
      send: senderTo(application.url),
      rows,
      theirs: world,
      secret: SECRET,
      valueFor,
      exceptions,
    });
    const intruders = await intrudersOf(application);
    for (const intruder of intruders) await replay.run(templates, intruder, CONCURRENCY);
    const { requests, differences, leaks } = replay.findings;
    const places = rows.flatMap(({ route }) => idsFor({ route }, rows)).length;
    report = `${dialect}: ${rows.length} routes x ${intruders.length} principals x ${places} places of ids, ${requests} requests, ${differences.length} differences`;
    expect(differences.slice(0, 20)).toEqual([]);
    expect(leaks).toEqual([]);
  }, 300_000);

  it('finds nothing of Alice’s where everything is asked for (abuse case 35)', async () => {
    const carol = await application.as('carol', { permissions: [MEMBER] });
    const answers = [
      await carol('POST', '/runs/cancel?action=rollback', { status: 'all' }),
      await carol('POST', '/threads/search', { limit: 1000 }, { prefer: 'count=exact' }),
      await carol('POST', '/threads/search', { metadata: { secret: SECRET }, limit: 1000 }),
      await carol('POST', '/assistants/search', { limit: 1000 }, { prefer: 'count=exact' }),
      await carol('POST', '/assistants/search', { metadata: { secret: SECRET }, limit: 1000 }),
    ];
    expect(answers.filter(({ status }) => status > 299)).toEqual([]);
    const said = answers.map(({ text }) => text).join('\n');
    expect(said).not.toContain(SECRET);
    for (const id of world.flatMap(({ thread_id, run_id }) => [thread_id, run_id]))
      expect(said).not.toContain(id);
  });

  it('has changed nothing of Alice’s, and hung nothing on it', async () => {
    await othersRunsEnded();
    const after = await readTables(application.app.get(DataSource), BEATING);
    expect(changesOf(tables, after)).toEqual([]);
    const ids = world.flatMap(({ thread_id, run_id, assistant_id }) => [thread_id, run_id, assistant_id]);
    expect(newRowsOn(new Set(ids), tables, after)).toEqual([]);
    expect(await readBack(alice, world)).toEqual(saidBefore);
    process.stdout.write(`${report}, nothing of Alice’s changed\n`);
  }, 60_000);

  function undeclared({ route }: Template, events: readonly Fired[]): readonly string[] {
    const { event, further } = rows.find((row) => row.route === route)!;
    return events
      .filter((fired) => fired.identity === 'alice' && ![event, ...further].includes(fired.event))
      .map((fired) => fired.event);
  }

  /** What is due has run, so that a run that was led astray would have left its traces. */
  async function othersRunsEnded(): Promise<void> {
    const runs = application.app.get(DataSource).getRepository(Run);
    const theirs = {
      status: In(['pending', 'running']),
      run_id: Not(In(world.map(({ run_id }) => run_id))),
      run_after: LessThan(new Date()),
    };
    const left = () => runAsSystem('wait for the runs of a replay', () => runs.countBy(theirs));
    while ((await left()) > 0) await sleep(50);
  }
});
