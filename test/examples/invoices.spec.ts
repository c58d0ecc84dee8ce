import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import { OwnerPolicy } from '../../src/index.js';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

const NEVER = '01890000-0000-7000-8000-000000000000';
const idOf = (answer: { body: unknown }): string => (answer.body as { invoice_id: string }).invoice_id;

describe.each(databases)('invoices, a resource of a deployment, on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;
  let bob: Caller;
  let auditor: Caller;
  let id: string;

  beforeAll(async () => {
    database = await create();
    const policies = [OwnerPolicy, InvoicesPolicy];
    application = await startApplication({ databaseUrl: database.url, modules: [InvoicesModule], policies });
    alice = await application.as('alice');
    bob = await application.as('bob');
    auditor = await application.as('carol', { permissions: ['invoices:audit'] });
    const body = { customer: 'Initech', amount_cents: 1200, metadata: { owner: 'bob', project: 'x' } };
    id = idOf(await alice('POST', '/invoices', body));
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  it('belong to their creator, whatever the client says', async () => {
    const answer = await alice('GET', `/invoices/${id}`);
    expect(answer).toMatchObject({ status: 200, body: { metadata: { owner: 'alice', project: 'x' } } });
  });

  it('are to another user as if they had never been', async () => {
    const answers = [
      await bob('GET', `/invoices/${id}`),
      await bob('PATCH', `/invoices/${id}`, { metadata: { paid: true } }),
      await bob('DELETE', `/invoices/${id}`),
    ];
    const never = await bob('GET', `/invoices/${NEVER}`);
    for (const { status, text } of answers)
      expect({ status, text }).toEqual({ status: 404, text: never.text.replace(NEVER, id) });
    expect(await bob('POST', '/invoices/search', {})).toMatchObject({ status: 200, body: [] });
  });

  it('are found by their owner, and by who may audit them all', async () => {
    for (const caller of [alice, auditor])
      expect(await caller('POST', '/invoices/search', {})).toMatchObject({ body: [{ invoice_id: id }] });
    expect(await auditor('PATCH', `/invoices/${id}`, { metadata: { paid: true } })).toMatchObject({
      status: 404,
    });
  });

  it('cannot be given away', async () => {
    const answer = await alice('PATCH', `/invoices/${id}`, { metadata: { owner: 'bob' } });
    expect(answer).toMatchObject({ status: 403, body: { detail: 'An invoice stays with its owner.' } });
    expect(await alice('PATCH', `/invoices/${id}`, { metadata: { paid: true } })).toMatchObject({
      body: { metadata: { owner: 'alice', paid: true } },
    });
  });

  it('are asked for like everything else: 401 before 422 before 404', async () => {
    const stranger = await fetch(`${application.url}/invoices/nonsense`);
    expect(stranger.status).toBe(401);
    expect(await bob('GET', '/invoices/nonsense')).toMatchObject({
      status: 422,
      body: { detail: 'invoice_id must be a UUID' },
    });
    expect(await bob('POST', '/invoices', { customer: 'Initech', amount_cents: 0 })).toMatchObject({
      status: 422,
    });
    expect(await bob('POST', '/invoices', { invoice_id: id, customer: 'x', amount_cents: 1 })).toMatchObject({
      status: 409,
    });
  });

  it('are deleted by their owner', async () => {
    const other = idOf(await alice('POST', '/invoices', { customer: 'Umbrella', amount_cents: 5 }));
    expect(await alice('DELETE', `/invoices/${other}`)).toMatchObject({ status: 204 });
    expect(await alice('GET', `/invoices/${other}`)).toMatchObject({ status: 404 });
  });

  it('leave the resources of the server as they were', async () => {
    expect(await alice('POST', '/threads', {})).toMatchObject({ body: { metadata: { owner: 'alice' } } });
  });
});
