import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Column, Entity, PrimaryColumn, type Repository } from 'typeorm';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import {
  Authorize,
  OnAuth,
  OwnerPolicy,
  Scoped,
  routeInput,
  runAsSystem,
  type HandlerArgument,
  type JsonObject,
} from '../../src/index.js';
import { createAuthTestBed, type AuthTestBed } from '../../src/testing/index.js';

const alice = { identity: 'alice' };
const bob = { identity: 'bob' };
const auditor = { identity: 'carol', permissions: ['invoices:audit'] };

describe('a test bed', () => {
  let bed: AuthTestBed;

  beforeAll(async () => {
    bed = await createAuthTestBed({ policies: [OwnerPolicy, InvoicesPolicy], modules: [InvoicesModule] });
  });
  afterAll(() => bed.close());

  it('lets users without keys go the whole way of a request', async () => {
    const thread = await bed.as(alice).threads.create<{ thread_id: string }>({ metadata: { topic: 'x' } });
    expect(thread).toMatchObject({ status: 200, body: { metadata: { topic: 'x', owner: 'alice' } } });
    const { thread_id } = thread.body;
    expect(await bed.as(alice).threads.read({ thread_id })).toMatchObject({
      status: 200,
      body: { thread_id },
    });
    expect(await bed.as(bob).threads.read({ thread_id })).toMatchObject({ status: 404 });
    expect(await bed.asStranger().threads.read({ thread_id })).toMatchObject({ status: 401 });
  });

  it('listens nowhere', () => {
    expect(bed.app.getHttpServer()).toMatchObject({ listening: false });
  });

  it('calls routes by action, by method and by address', async () => {
    const { threads, request } = bed.as(alice);
    const { body } = await threads.create();
    const { thread_id } = body;
    expect(await threads.search({ ids: [thread_id] })).toMatchObject({ body: [{ thread_id }] });
    expect(await threads.get({ thread_id, include: 'ttl' })).toMatchObject({ body: { thread_id } });
    expect(await threads.update({ thread_id, metadata: { a: 1 } })).toMatchObject({
      body: { metadata: { a: 1 } },
    });
    expect(await request('GET', `/threads/${String(thread_id)}/state`)).toMatchObject({ status: 200 });
    expect(await threads.delete({ thread_id })).toMatchObject({ status: 204, body: undefined });
    expect(() => threads.get()).toThrow('"get" needs the ids of one of /threads/:thread_id');
  });

  it('runs graphs', async () => {
    const messages = [{ role: 'user', content: 'hello' }];
    const answer = await bed
      .as(alice)
      .request('POST', '/runs/wait', { assistant_id: 'agent', input: { messages } });
    expect(answer).toMatchObject({ status: 200, body: { messages: [{}, { type: 'ai' }] } });
  });

  it('knows own resources without being told', async () => {
    const { invoices } = bed.as(alice);
    const invoice = await invoices.create({ customer: 'Initech', amount_cents: 100 });
    expect(await bed.as(auditor).invoices.read(invoice.body)).toMatchObject({ status: 200 });
    expect(await bed.as(bob).invoices.read(invoice.body)).toMatchObject({ status: 404 });
  });

  it('tells decisions without HTTP: handler, decision, filter and SQL', async () => {
    expect(await bed.decide(bob, 'invoices:read', { invoice_id: 'x' })).toMatchObject({
      handler: 'InvoicesPolicy.read',
      pattern: 'invoices:read',
      shadows: ['InvoicesPolicy.own', 'OwnerPolicy.own'],
      decision: { kind: 'restrict', filter: { kind: 'equals', key: 'owner', value: 'bob' } },
      filter: 'owner = "bob"',
      sql: `("invoice"."metadata" -> 'owner') = :1`,
      parameters: ['"bob"'],
    });
    expect(await bed.decide(auditor, 'invoices:read', { invoice_id: 'x' })).toMatchObject({
      decision: { kind: 'allow' },
      sql: 'TRUE',
    });
  });

  it('tells what a handler made of the value, and leaves the one it was given alone', async () => {
    const value = { thread_id: 'x', metadata: { owner: 'bob' }, if_exists: 'raise' as const };
    const { value: changed } = await bed.decide(alice, 'threads:create', value);
    expect(changed).toMatchObject({ metadata: { owner: 'alice' } });
    expect(value.metadata).toEqual({ owner: 'bob' });
  });

  it('tells a refusal and its reason', async () => {
    const value = { invoice_id: 'x', metadata: { owner: 'bob' } };
    expect(await bed.decide(alice, 'invoices:update', value)).toMatchObject({
      decision: undefined,
      refusal: { status: 403, message: 'An invoice stays with its owner.' },
      sql: undefined,
    });
  });

  it('refuses users that no strategy could have proved', () => {
    expect(() => bed.as({ identity: '' })).toThrow('can be no principal');
  });

  it('has a matrix of all events, as text for a snapshot', async () => {
    const bodies = { 'invoices:create': { customer: 'Initech', amount_cents: 1 } };
    expect(await bed.matrix([alice, auditor], { bodies, resources: ['invoices'] })).toMatchInlineSnapshot(`
"event            handler                alice            carol (invoices:audit)
invoices:create  InvoicesPolicy.create  owner = "alice"  owner = "carol"
invoices:delete  InvoicesPolicy.own     owner = "alice"  owner = "carol"
invoices:read    InvoicesPolicy.read    owner = "alice"  allow
invoices:search  InvoicesPolicy.read    owner = "alice"  allow
invoices:update  InvoicesPolicy.update  owner = "alice"  owner = "carol""
`);
    const all = await bed.matrix([alice], { bodies });
    expect(all.split('\n').map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['assistants:create', 'store:put', 'threads:create_run', 'invoices:delete']),
    );
  });

  it('asks for what the matrix cannot make up', async () => {
    await expect(bed.matrix([alice])).rejects.toThrow(
      "invoices:create cannot be asked with its ids alone (customer must be a string): give matrix(principals, { bodies: { 'invoices:create': {...} } })",
    );
  });

  it('holds properties of a policy: nobody but the owner ever reaches a thread', async () => {
    await bed.property(
      'threads',
      ({ creator, reader, visible }) => !visible || reader.identity === creator.identity,
    );
  });

  it('finds the case that breaks a property', async () => {
    const claim = bed.property(
      'invoices',
      ({ creator, reader, visible }) => !visible || reader.identity === creator.identity,
      { permissions: ['invoices:audit'], runs: 2000, seed: 1 },
    );
    await expect(claim).rejects.toThrow(/Property failed[\s\S]*invoices:audit/);
  });
});

declare module '../../src/index.js' {
  interface AuthEventMap {
    'stamps:search': { limit: number };
  }
}

@Scoped('stamps', { by: 'metadata' })
@Entity('stamp')
class Stamp {
  @PrimaryColumn('varchar') stamp_id!: string;
  @Column('jsonb') metadata!: JsonObject;
}

class SearchStamps {}
const searchStamps = routeInput('stamps:search', { type: SearchStamps, value: () => ({ limit: 10 }) });

@Controller('stamps')
class StampsController {
  constructor(@InjectRepository(Stamp) private readonly stamps: Repository<Stamp>) {}

  @Get()
  @Authorize('stamps', 'search', searchStamps)
  search() {
    return this.stamps.find();
  }
}

@Injectable()
class StampsPolicy {
  @OnAuth('stamps')
  own({ user }: HandlerArgument<'stamps'>) {
    return { owner: user.identity };
  }
}

describe('a test bed for an entity without a migration', () => {
  it('makes its table', async () => {
    @Module({ controllers: [StampsController] })
    class StampsModule {}
    const bed = await createAuthTestBed({
      policies: [StampsPolicy],
      modules: [StampsModule],
      entities: [Stamp],
    });
    await runAsSystem('fill', () =>
      bed.repository(Stamp).insert({ stamp_id: '1', metadata: { owner: 'alice' } }),
    );
    expect(await bed.as(alice).stamps.search()).toMatchObject({ status: 200, body: [{ stamp_id: '1' }] });
    expect(await bed.as(bob).stamps.search()).toMatchObject({ status: 200, body: [] });
    await bed.close();
  });

  it('stops where the boot of the server would', async () => {
    await expect(createAuthTestBed({ policies: [StampsPolicy] })).rejects.toMatchObject({
      name: 'WiringError',
    });
  });
});
