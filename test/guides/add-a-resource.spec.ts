import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import { OwnerPolicy } from '../../src/index.js';
import { createAuthTestBed, type AuthTestBed, type Ids } from '../../src/testing/index.js';

describe('invoices', () => {
  let bed: AuthTestBed;

  beforeAll(async () => {
    bed = await createAuthTestBed({ policies: [OwnerPolicy, InvoicesPolicy], modules: [InvoicesModule] });
  });
  afterAll(() => bed.close());

  it('are their owner’s alone', async () => {
    const { body } = await bed
      .as({ identity: 'alice' })
      .invoices.create({ customer: 'Initech', amount_cents: 100 });
    expect(await bed.as({ identity: 'alice' }).invoices.read(body)).toMatchObject({ status: 200 });
    expect(await bed.as({ identity: 'bob' }).invoices.read(body)).toMatchObject({ status: 404 });
  });

  it('are to somebody else as if they had never been, on every route', async () => {
    const report = await bed.replay({
      resources: ['invoices'],
      rows: async (ask, secret) =>
        (await ask('POST', '/invoices', { customer: secret, amount_cents: 1 })) as Ids,
      templates: [
        { route: 'POST /invoices', body: () => ({ customer: 'Initech', amount_cents: 100 }) },
        { route: 'PATCH /invoices/:invoice_id', body: () => ({ metadata: { paid: true } }) },
      ],
    });
    expect(report.faults).toEqual([]);
  });
});
