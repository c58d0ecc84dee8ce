import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { RunSignals, type RunSignal } from '../../../src/runs/engine/run.signals.js';
import { PostgresRunSignals } from '../../../src/runs/engine/signals/postgres.run-signals.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { EngineHarness, until } from './support/engine.harness.js';

const LISTENING = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'onauth-server signals' AND datname = current_database()`;

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'signals between processes on $dialect',
  ({ create }) => {
    let opened: TestDataSource;
    const signals: PostgresRunSignals[] = [];

    beforeEach(async () => {
      opened = await openDataSource(create, { entities: [] });
    });
    afterEach(async () => {
      await Promise.all(signals.splice(0).map((each) => each.close()));
      await opened.close();
    });

    /** A process, and what it hears. */
    async function join(name: string): Promise<{ signals: PostgresRunSignals; heard: RunSignal[] }> {
      const each = new PostgresRunSignals(opened.dataSource, name);
      const heard: RunSignal[] = [];
      each.subscribe((signal) => heard.push(signal));
      signals.push(each);
      await each.open();
      return { signals: each, heard };
    }

    it('are heard by all, at once by their own process, and once by each', async () => {
      const one = await join('one');
      const two = await join('two');
      const three = await join('three');
      await until('they know each other', () =>
        [one, two].every(({ heard }) => heard.filter(({ kind }) => kind === 'missed').length === 3),
      );
      const signal: RunSignal = { kind: 'ended', runId: uuid() };
      one.signals.publish(signal);
      expect(one.heard.at(-1)).toEqual(signal);
      for (const { heard } of [two, three])
        await until('it is heard', () => heard.some(({ kind }) => kind === 'ended'));
      for (const { heard } of [one, two, three])
        expect(heard.filter(({ kind }) => kind === 'ended')).toEqual([signal]);
    });

    it('are not sent by a process that is alone, whatever happens there', async () => {
      const alone = await join('alone');
      const stranger = new pg.Client({ connectionString: opened.url });
      await stranger.connect();
      const texts: string[] = [];
      stranger.on('notification', ({ payload = '' }) => texts.push(payload));
      await stranger.query('LISTEN onauth_runs');
      for (let run = 0; run < 50; run++) alone.signals.publish({ kind: 'ended', runId: uuid() });
      await until('it says that it is there', () => texts.length > 0);
      expect(new Set(texts)).toEqual(new Set(['{"from":"alone","signals":[]}']));
      await stranger.end();
    });

    it('tell a process that joins later to look for what it missed', async () => {
      const one = await join('one');
      for (let run = 0; run < 3; run++) one.signals.publish({ kind: 'ended', runId: uuid() });
      const two = await join('two');
      await until('two has looked after one knew of it', () => two.heard.length >= 2);
      expect(two.heard.map(({ kind }) => kind)).toEqual(['missed', 'missed']);
    });
  },
);

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'a connection to $dialect that hears nothing any more and was not closed',
  ({ create }) => {
    let database: TestDatabase;
    let hole: BlackHole;
    const servers: EngineHarness[] = [];

    beforeEach(async () => {
      database = await create();
      hole = await blackHole(database.url);
    });
    afterEach(async () => {
      await Promise.all(servers.splice(0).map((server) => server.stop()));
      await hole.stop();
      await database.drop();
    });

    it('is noticed within seconds and made again', async () => {
      const server = await EngineHarness.start(hole.url, { leaseMs: 3_000_000 });
      servers.push(server);
      const heard: string[] = [];
      server.app
        .get(RunSignals)
        .subscribe((signal) => heard.push('runId' in signal ? signal.runId : signal.kind));
      const other = await EngineHarness.start(database.url, { leaseMs: 3_000_000 });
      servers.push(other);
      const tell = (runId: string) => other.app.get(RunSignals).publish({ kind: 'ended', runId });
      await until('they know each other', () => heard.includes('missed'));
      hole.swallow('LISTEN');
      const lost = uuid();
      tell(lost);
      const before = heard.length;
      await until('it was told to look', () => heard.slice(before).includes('missed'), 20_000);
      expect(heard).not.toContain(lost);
      const found = uuid();
      tell(found);
      await until('it hears again', () => heard.includes(found));
      const rows: object[] = await other.dataSource.query(LISTENING);
      expect(rows.length).toBeGreaterThanOrEqual(2);
    }, 60_000);
  },
);

interface BlackHole {
  readonly url: string;
  /** From now on nothing comes back on the connections on which this was said. */
  readonly swallow: (text: string) => void;
  readonly stop: () => Promise<void>;
}

/** A way to a database on which an answer can get lost without the connection being closed, as when a network forgets it. */
async function blackHole(target: string): Promise<BlackHole> {
  const { hostname, port } = new URL(target);
  const open: { client: Socket; server: Socket; said: string; isSwallowed: boolean }[] = [];
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    const way = { client, server, said: '', isSwallowed: false };
    open.push(way);
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('data', (chunk: Buffer) => {
      way.said += chunk.toString('latin1');
      if (!way.isSwallowed) server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      if (!way.isSwallowed) client.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(target);
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    url: url.href,
    swallow: (text) => {
      for (const way of open) if (way.said.includes(text)) way.isSwallowed = true;
    },
    stop: async () => {
      proxy.close();
      for (const { client, server } of open) {
        client.destroy();
        server.destroy();
      }
      await once(proxy, 'close');
    },
  };
}
