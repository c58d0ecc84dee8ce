const { databases } = await import('../../../support/databases.ts');
const { EngineHarness, as, newRun } = await import('./engine.harness.ts');
const { Run } = await import('../../../../src/runs/run.entity.ts');
const { Thread } = await import('../../../../src/threads/thread.entity.ts');
const { runAsSystem } = await import('../../../../src/on-auth/authorization.context.ts');
const { rowsOf } = await import('../../../../src/runs/engine/queue/run.sql.ts');
const { GraphState } = await import('../../../../src/graphs/execution/graph.state.ts');
const db = await databases[0].create();
const s = await EngineHarness.start(db.url, {});
const thread = await s.createThread();
await s.run(thread);
const [run] = await s.allRuns();
const m = s.dataSource.manager;
async function bench(name, fn, n = 1000) {
  for (let i = 0; i < 200; i++) await fn();
  const c = process.cpuUsage();
  const t = performance.now();
  for (let i = 0; i < n; i++) await fn();
  const d = process.cpuUsage(c);
  console.log(
    name,
    'wall',
    ((performance.now() - t) / n).toFixed(3),
    'cpu',
    ((d.user + d.system) / 1000 / n).toFixed(3),
  );
}
const sys = (fn) => () => runAsSystem('x', fn);
await bench(
  'update orm',
  sys(() =>
    m.update(
      Run,
      { run_id: run.run_id, status: 'success', attempt: 1, worker_id: 'x' },
      { status: 'success', updated_at: new Date() },
    ),
  ),
);
await bench(
  'update raw',
  sys(() =>
    rowsOf(
      s.dataSource,
      'UPDATE "run" SET "status" = $1, "updated_at" = $2 WHERE "run_id" = $3 AND "status" = $4 RETURNING "run_id"',
      ['success', Date.now(), run.run_id, 'success'],
    ),
  ),
);
await bench(
  'exists orm',
  sys(() => m.existsBy(Run, { thread_id: thread, status: 'pending' })),
);
await bench(
  'exists raw',
  sys(() =>
    rowsOf(s.dataSource, 'SELECT 1 FROM "run" WHERE "thread_id" = $1 AND "status" = \'pending\' LIMIT 1', [
      thread,
    ]),
  ),
);
await bench('select thread', () =>
  as('alice', () =>
    m.findOne(Thread, {
      where: { thread_id: thread },
      select: { thread_id: true, metadata: true, status: true, interrupts: true, revision: true },
    }),
  ),
);
await bench('update thread scoped', () =>
  as('alice', () =>
    m.update(
      Thread,
      { thread_id: thread },
      { status: 'idle', values: { a: 1 }, interrupts: {}, state_updated_at: new Date() },
    ),
  ),
);
await bench(
  'tx empty',
  sys(() => m.transaction(async () => {})),
);
const st = s.app.get(GraphState);
await bench('summary', () => as('alice', () => st.summary({ threadId: thread, graphId: 'steps' })));
await s.stop();
process.exit(0);
