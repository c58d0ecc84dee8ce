import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import { OwnerPolicy } from '../../src/index.js';
import { createAuthTestBed, type AuthTestBed } from '../../src/testing/index.js';

const alice = { identity: 'alice' };
const bob = { identity: 'bob' };
const auditor = { identity: 'carol', permissions: ['invoices:audit'] };

describe('the policy of invoices', () => {
  let bed: AuthTestBed;

  beforeAll(async () => {
    bed = await createAuthTestBed({ policies: [OwnerPolicy, InvoicesPolicy], modules: [InvoicesModule] });
  });
  afterAll(() => bed.close());

  it('shows an invoice to its owner and to auditors', async () => {
    const { body } = await bed.as(alice).invoices.create({ customer: 'Initech', amount_cents: 100 });
    expect(await bed.as(alice).invoices.read(body)).toMatchObject({ status: 200 });
    expect(await bed.as(auditor).invoices.read(body)).toMatchObject({ status: 200 });
    expect(await bed.as(bob).invoices.read(body)).toMatchObject({ status: 404 });
  });

  it('decides by the owner', async () => {
    expect(await bed.decide(bob, 'invoices:read', { invoice_id: 'any' })).toMatchObject({
      handler: 'InvoicesPolicy.read',
      shadows: ['InvoicesPolicy.own', 'OwnerPolicy.own'],
      filter: 'owner = "bob"',
      sql: `("invoice"."metadata" -> 'owner') = :1`,
      parameters: ['"bob"'],
    });
  });

  it('lets everybody do this', async () => {
    const bodies = { 'invoices:create': { customer: 'Initech', amount_cents: 100 } };
    expect(await bed.matrix([alice, auditor], { bodies, resources: ['invoices'] })).toMatchSnapshot();
  });

  it('lets nobody but the owner, and auditors, ever read', async () => {
    await bed.property(
      'invoices',
      ({ creator, reader, visible }) =>
        !visible || reader.identity === creator.identity || reader.permissions.includes('invoices:audit'),
      { permissions: ['invoices:audit', 'other'] },
    );
  });
});
