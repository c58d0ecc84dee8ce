import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { AdminPolicy } from '../../examples/policies/admin.policy.js';
import { AuditorPolicy } from '../../examples/policies/auditor.policy.js';
import { OrganisationPolicy } from '../../examples/policies/organisation.policy.js';
import { ParticipantsPolicy } from '../../examples/policies/participants.policy.js';
import { PermittedActionsPolicy } from '../../examples/policies/permitted-actions.policy.js';
import { ProvidedAssistantsPolicy } from '../../examples/policies/provided-assistants.policy.js';
import { PublicAssistantsPolicy } from '../../examples/policies/public-assistants.policy.js';
import { StudioPolicy } from '../../examples/policies/studio.policy.js';
import { OwnerPolicy } from '../../src/index.js';
import { createAuthTestBed, type AuthTestBed, type BedUser } from '../../src/testing/index.js';
import { databases, type TestDatabase } from '../support/databases.js';

type Row = Readonly<Record<string, string>>;
const alice = { identity: 'alice' };
const bob = { identity: 'bob' };
const INPUT = { messages: [{ role: 'user', content: 'hello' }] };

/** What somebody is answered with on one thread: read, search, update, delete-by-nobody-else and a run, as status codes. */
async function reachOf(bed: AuthTestBed, user: BedUser, { thread_id }: Row) {
  const { threads, request } = bed.as(user);
  const found = await threads.search<unknown[]>({ ids: [thread_id] });
  return {
    read: (await threads.read({ thread_id })).status,
    found: found.status === 200 ? found.body.length : found.status,
    update: (await threads.update({ thread_id, metadata: { seen: true } })).status,
    run: (await request('POST', `/threads/${thread_id}/runs/wait`, { assistant_id: 'agent', input: INPUT }))
      .status,
  };
}

const ALL = { read: 200, found: 1, update: 200, run: 200 };
const NOTHING = { read: 404, found: 0, update: 404, run: 404 };

describe.each(databases)('patterns of sharing on $dialect', ({ create }) => {
  function withPolicies(...policies: Type[]): () => AuthTestBed {
    let database: TestDatabase;
    let bed: AuthTestBed;
    beforeAll(async () => {
      database = await create();
      bed = await createAuthTestBed({ policies, databaseUrl: database.url });
    });
    afterAll(async () => {
      await bed.close();
      await database.drop();
    });
    return () => bed;
  }

  async function threadOf(bed: AuthTestBed, user: BedUser, metadata: object = {}): Promise<Row> {
    const { status, body } = await bed.as(user).threads.create<Row>({ metadata });
    expect(status).toBe(200);
    return body;
  }

  /** What is tried to make a row wider, and the answer. */
  async function changed(
    bed: AuthTestBed,
    user: BedUser,
    { thread_id }: Row,
    metadata: object,
  ): Promise<number> {
    return (await bed.as(user).threads.update({ thread_id, metadata })).status;
  }

  describe('a single owner', () => {
    const bed = withPolicies(OwnerPolicy);

    it('alone reaches a thread, and cannot give it away', async () => {
      const thread = await threadOf(bed(), alice, { owner: 'bob' });
      expect(await reachOf(bed(), alice, thread)).toEqual(ALL);
      expect(await reachOf(bed(), bob, thread)).toEqual(NOTHING);
      expect(await changed(bed(), alice, thread, { owner: 'bob' })).toBe(403);
      expect(await changed(bed(), bob, thread, { owner: 'bob' })).toBe(404);
      expect((await bed().as(bob).threads.delete(thread)).status).toBe(404);
      expect((await bed().as(alice).threads.delete(thread)).status).toBe(204);
    });
  });

  describe('an organisation and its teams', () => {
    const bed = withPolicies(OrganisationPolicy, ProvidedAssistantsPolicy);
    const at = (identity: string, org: string, ...teams: string[]) => ({ identity, org, teams });
    const ann = at('ann', 'acme', 'blue');

    it('share a thread with its team, and with nobody of another team or organisation', async () => {
      const thread = await threadOf(bed(), ann, { team: 'blue' });
      expect(await reachOf(bed(), ann, thread)).toEqual(ALL);
      expect(await reachOf(bed(), at('ben', 'acme', 'red', 'blue'), thread)).toEqual(ALL);
      expect(await reachOf(bed(), at('cem', 'acme', 'red'), thread)).toEqual(NOTHING);
      expect(await reachOf(bed(), at('dee', 'acme'), thread)).toEqual(NOTHING);
      expect(await reachOf(bed(), at('eve', 'umbrella', 'blue'), thread)).toEqual(NOTHING);
      expect(await reachOf(bed(), at('ann', 'umbrella', 'blue'), thread)).toEqual(NOTHING);
    });

    it('keep a thread without a team to its owner, who alone deletes', async () => {
      const thread = await threadOf(bed(), ann);
      const ben = at('ben', 'acme', 'blue');
      expect(await reachOf(bed(), ben, thread)).toEqual(NOTHING);
      const shared = await threadOf(bed(), ann, { team: 'blue' });
      expect((await bed().as(ben).threads.delete(shared)).status).toBe(404);
      expect((await bed().as(ann).threads.delete(shared)).status).toBe(204);
    });

    it('are not widened: neither by keys on creation, nor by a later change, nor by a token without claims', async () => {
      const { metadata } = await threadOf(bed(), ann, { org: 'umbrella', owner: 'eve' });
      expect(metadata).toMatchObject({ org: 'acme', owner: 'ann' });
      expect(
        (
          await bed()
            .as(ann)
            .threads.create({ metadata: { team: 'red' } })
        ).status,
      ).toBe(403);
      const thread = await threadOf(bed(), ann, { team: 'blue' });
      for (const change of [{ org: 'umbrella' }, { owner: 'eve' }, { team: 'red' }, { team: null }])
        expect(await changed(bed(), ann, thread, change)).toBe(403);
      expect(await reachOf(bed(), alice, thread)).toMatchObject({ read: 403, found: 403 });
      expect(
        (
          await bed()
            .as({ identity: 'x', org: { $exists: true } })
            .threads.search()
        ).status,
      ).toBe(403);
    });
  });

  describe('participants', () => {
    const bed = withPolicies(ParticipantsPolicy, ProvidedAssistantsPolicy);

    it('read and run a thread whose owner named them', async () => {
      const thread = await threadOf(bed(), alice, { participants: ['bob'] });
      expect(await reachOf(bed(), bob, thread)).toEqual(ALL);
      expect(await reachOf(bed(), { identity: 'carol' }, thread)).toEqual(NOTHING);
      expect(await reachOf(bed(), { identity: 'bo' }, thread)).toEqual(NOTHING);
    });

    it('leave the thread with its owner when they run it', async () => {
      const thread = await threadOf(bed(), alice, { participants: ['bob'] });
      await reachOf(bed(), bob, thread);
      const { body } = await bed().as(alice).threads.read(thread);
      expect(body).toMatchObject({ metadata: { owner: 'alice', participants: ['bob'] } });
    });

    it('are named by the owner alone, before and after', async () => {
      const thread = await threadOf(bed(), alice, { participants: ['bob'] });
      expect(await changed(bed(), bob, thread, { participants: ['bob', 'carol'] })).toBe(404);
      expect(await changed(bed(), bob, thread, { owner: 'bob' })).toBe(403);
      expect((await bed().as(bob).threads.delete(thread)).status).toBe(404);
      expect(await changed(bed(), alice, thread, { participants: ['carol'] })).toBe(200);
      expect(await reachOf(bed(), bob, thread)).toEqual(NOTHING);
      expect(await reachOf(bed(), { identity: 'carol' }, thread)).toEqual(ALL);
    });

    it('are members of a list: a text, or a list within it, is none', async () => {
      const text = await threadOf(bed(), alice, { participants: 'bob' });
      const nested = await threadOf(bed(), alice, { participants: [['bob'], { id: 'bob' }] });
      for (const thread of [text, nested]) expect(await reachOf(bed(), bob, thread)).toEqual(NOTHING);
    });
  });

  describe('public assistants', () => {
    const bed = withPolicies(PublicAssistantsPolicy);
    const editor = { identity: 'ed', permissions: ['assistants:publish'] };
    const assistant = (user: BedUser, metadata: object) =>
      bed().as(user).assistants.create<Row>({ graph_id: 'agent', metadata });

    it('are found and run by everybody, on threads that stay private', async () => {
      const { body } = await assistant(editor, { visibility: 'public' });
      const { assistant_id } = body;
      expect((await bed().as(bob).assistants.read({ assistant_id })).status).toBe(200);
      const ran = await bed().as(bob).request('POST', '/runs/wait', { assistant_id, input: INPUT });
      expect(ran.status).toBe(200);
      expect(await reachOf(bed(), alice, await threadOf(bed(), bob))).toEqual(NOTHING);
    });

    it('are changed by their owner alone, and published by who may', async () => {
      const { body } = await assistant(editor, { visibility: 'public' });
      const change = (user: BedUser, row: Row, metadata: object) =>
        bed().as(user).assistants.update({ assistant_id: row.assistant_id, metadata });
      expect((await change(bob, body, { name: 'x' })).status).toBe(404);
      expect((await assistant(bob, { visibility: 'public' })).status).toBe(403);
      const { body: mine } = await assistant(bob, {});
      expect((await bed().as(alice).assistants.read({ assistant_id: mine.assistant_id })).status).toBe(404);
      expect((await change(bob, mine, { visibility: 'public' })).status).toBe(403);
      expect((await change(bob, mine, { owner: 'alice' })).status).toBe(403);
    });
  });

  describe('auditors', () => {
    const bed = withPolicies(AuditorPolicy);
    const auditor = { identity: 'carol', permissions: ['audit'] };

    it('read everything and change nothing', async () => {
      const thread = await threadOf(bed(), alice);
      expect(await reachOf(bed(), auditor, thread)).toEqual({ read: 200, found: 1, update: 403, run: 403 });
      expect((await bed().as(auditor).threads.delete(thread)).status).toBe(403);
      expect((await bed().as(auditor).threads.create()).status).toBe(403);
      expect(await reachOf(bed(), bob, thread)).toEqual(NOTHING);
      expect(await changed(bed(), alice, thread, { owner: 'bob' })).toBe(403);
    });
  });

  describe('a permission for each action', () => {
    const bed = withPolicies(PermittedActionsPolicy);
    const all = { identity: 'alice', permissions: ['threads:*', 'assistants:read'] };

    it('is needed by name, and reaches one’s own', async () => {
      const thread = await threadOf(bed(), all);
      const reader = { identity: 'alice', permissions: ['threads:read'] };
      expect(await reachOf(bed(), reader, thread)).toEqual({ read: 200, found: 403, update: 403, run: 403 });
      expect(await reachOf(bed(), { ...all, identity: 'bob' }, thread)).toEqual(NOTHING);
      expect(await bed().as(alice).threads.read(thread)).toMatchObject({
        status: 403,
        body: { detail: 'This needs the permission threads:read.' },
      });
      expect(await changed(bed(), all, thread, { owner: 'bob' })).toBe(403);
    });
  });

  describe('an admin', () => {
    const bed = withPolicies(AdminPolicy);
    const admin = { identity: 'root', permissions: ['admin'] };

    it('reaches everything, and alone gives a thread to somebody else', async () => {
      const thread = await threadOf(bed(), alice);
      expect(await reachOf(bed(), admin, thread)).toEqual(ALL);
      expect(await reachOf(bed(), bob, thread)).toEqual(NOTHING);
      expect(await changed(bed(), alice, thread, { owner: 'bob' })).toBe(403);
      expect(await changed(bed(), admin, thread, { owner: 'bob' })).toBe(200);
      expect((await reachOf(bed(), alice, thread)).read).toBe(404);
      expect((await reachOf(bed(), bob, thread)).read).toBe(200);
    });

    it('is none by an identity, a claim or a metadata key of that name', async () => {
      const thread = await threadOf(bed(), alice);
      for (const user of [{ identity: 'admin' }, { identity: 'bob', admin: true, roles: ['admin'] }])
        expect((await reachOf(bed(), user, thread)).read).toBe(404);
      const { metadata } = await threadOf(bed(), bob, { owner: 'alice' });
      expect(metadata).toMatchObject({ owner: 'bob' });
    });
  });

  describe('a developer with a studio', () => {
    const bed = withPolicies(StudioPolicy);
    const developer = { identity: 'dev', permissions: ['developer'] };

    it('looks at what is not confidential, and tries things out on threads of their own', async () => {
      const thread = await threadOf(bed(), alice);
      const secret = await threadOf(bed(), alice, { confidential: true });
      expect(await reachOf(bed(), developer, thread)).toEqual({ read: 200, found: 1, update: 404, run: 404 });
      expect(await reachOf(bed(), developer, secret)).toEqual(NOTHING);
      const own = await threadOf(bed(), developer);
      expect(own.metadata).toMatchObject({ owner: 'dev', origin: 'studio' });
      expect(await reachOf(bed(), developer, own)).toEqual(ALL);
      expect(await reachOf(bed(), alice, own)).toEqual(NOTHING);
      expect(await reachOf(bed(), bob, thread)).toEqual(NOTHING);
    });
  });
});
