import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, type Type } from '@nestjs/common';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import { OnAuth, OwnerPolicy } from '../../src/index.js';
import {
  createAuthTestBed,
  type AuthTestBed,
  type Ids,
  type IsolationReport,
  type MakeRows,
  type Template,
} from '../../src/testing/index.js';
import { databases, type TestDatabase } from '../support/databases.js';

const templates: readonly Template[] = [
  { route: 'POST /invoices', body: () => ({ customer: 'Initech', amount_cents: 100 }) },
  { route: 'PATCH /invoices/:invoice_id', body: () => ({ metadata: { paid: true } }) },
];
const rows: MakeRows = async (ask, secret) =>
  (await ask('POST', '/invoices', { customer: secret, amount_cents: 1 })) as Ids;

describe.each(databases)('the replay of invoices as somebody else on $dialect', ({ create }) => {
  let database: TestDatabase;
  let bed: AuthTestBed | undefined;

  beforeEach(async () => {
    database = await create();
  });
  afterEach(async () => {
    await bed?.close();
    await database.drop();
  });

  async function replayUnder(policy: Type, given = templates): Promise<IsolationReport> {
    const policies = [OwnerPolicy, policy];
    bed = await createAuthTestBed({ modules: [InvoicesModule], policies, databaseUrl: database.url });
    return bed.replay({ resources: ['invoices'], rows, templates: given });
  }

  it('finds that they are as if they had never been', async () => {
    const report = await replayUnder(InvoicesPolicy);
    expect(report).toEqual({ routes: 5, places: 4, requests: expect.any(Number), faults: [] });
    expect(report.requests).toBeGreaterThan(20);
  });

  it('finds a policy that shows them, one that lets them be changed, and one that lets them be found', async () => {
    @Injectable()
    class CarelessPolicy {
      @OnAuth('invoices')
      all() {
        return true;
      }
    }
    const faults = (await replayUnder(CarelessPolicy)).faults.join('\n');
    expect(faults).toMatch(/^Bob, (GET|PATCH|DELETE) \/invoices\/:invoice_id, invoice_id$/m);
    expect(faults).toMatch(/somebody else is told the secret\nPOST \/invoices\/search/);
    expect(faults).toMatch(/changed by somebody else: invoice [0-9a-f-]{36}/);
  });

  it('says which route needs a body, and which template has no route', async () => {
    const { faults } = await replayUnder(InvoicesPolicy, [{ route: 'POST /invoices/:invoice_id/pay' }]);
    expect(faults.slice(0, 2)).toEqual([
      'POST /invoices/:invoice_id/pay: there is no such route',
      expect.stringMatching(/^POST \/invoices, as it is: the owner is answered 422 /),
    ]);
  });
});

describe('the examples', () => {
  const OUTSIDE_POLICIES =
    /@OnAuth\b|\bAuthorizer\b|\bAuthorizationContext\b|\brunAsSystem\b|CurrentUser|\.owner\b|identity|permissions/;

  it.each(['examples/invoices', 'examples/own-application/orders'])(
    'decide in the class of the policy alone: %s',
    (folder) => {
      const files = readdirSync(folder).filter((name) => !name.endsWith('.policy.ts'));
      const deciding = files.filter((name) => OUTSIDE_POLICIES.test(codeOf(join(folder, name))));
      expect(files.length).toBeGreaterThan(5);
      expect(deciding).toEqual([]);
    },
  );
});

function codeOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
}
