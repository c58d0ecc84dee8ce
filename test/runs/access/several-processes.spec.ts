import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuthorizationEvents, runAsSystem } from '../../../src/index.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { createServer } from '../../../src/server.js';
import { createPostgres } from '../../support/databases.js';
import { objectOf } from '../api/runs.application.js';
import { Cluster, type LiveAnswer, type Member } from '../cluster/support/cluster.js';

type Server = Awaited<ReturnType<typeof createServer>>;

const REVOKED = { error: 'HTTPException', message: '401: Access was revoked' };

describe('answers that are held open in other processes', () => {
  let cluster: Cluster;
  /** Where rights are taken away: nobody streams from it. */
  let here: Server;
  let elsewhere: Member;
  /** Hears nothing that others say. */
  let deaf: Member;

  beforeAll(async () => {
    cluster = await Cluster.on(await createPostgres());
    const environment = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: cluster.database.url,
      AUTH_JWT_SECRET: 'only-to-be-there-0123456789-abcdefghijk',
    };
    here = await createServer({ environment });
    await here.init();
    [elsewhere, deaf] = await Promise.all([cluster.start(), cluster.start({ DEAF: '1' })]);
  }, 60_000);
  afterAll(async () => {
    await here.close();
    await cluster.stop();
  });

  async function streams(
    member: Member,
  ): Promise<{ thread: string; streamed: LiveAnswer; waited: LiveAnswer }> {
    const thread = String(objectOf(await member.alice('POST', '/threads', {})).thread_id);
    const body = { assistant_id: 'slow', input: { ms: 60_000 } };
    const waited = await member.open(`/threads/${thread}/runs/wait`, { body });
    return { thread, streamed: await member.open(`/threads/${thread}/stream`), waited };
  }

  const processes: [string, () => Member][] = [
    ['that hears of it', () => elsewhere],
    ['that has lost the signal', () => deaf],
  ];

  it.each(processes)(
    'end with a revocation, in a process %s (abuse case 55)',
    async (_, member) => {
      const { streamed, waited } = await streams(member());
      await here.get(AuthorizationEvents).revoke('alice');
      expect((await streamed.events()).at(-1)?.data).toEqual(REVOKED);
      expect(await waited.json()).toEqual({ __error__: REVOKED });
    },
    15_000,
  );

  it.each(processes)(
    'end when their thread is re-owned, in a process %s (abuse case 55)',
    async (_, member) => {
      const { thread, streamed } = await streams(member());
      const threads = here.get<DataSource>(getDataSourceToken()).getRepository(Thread);
      await runAsSystem('hand a thread over', () =>
        threads.update({ thread_id: thread }, { metadata: { owner: 'carol' } }),
      );
      await here.get(AuthorizationEvents).changed({ resource: 'threads', id: thread });
      expect((await streamed.events()).at(-1)?.data).toEqual({
        error: 'HTTPException',
        message: `404: Thread with ID ${thread} not found`,
      });
    },
    15_000,
  );

  it('were told of an old revocation by nobody: a process that starts later goes on from now', async () => {
    const late = await cluster.start();
    const { streamed } = await streams(late);
    await here.get(AuthorizationEvents).revoke('somebody else');
    await streamed.has(1);
    expect(streamed.isOver).toBe(false);
    streamed.leave();
  }, 30_000);
});
