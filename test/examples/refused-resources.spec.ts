import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, type Type } from '@nestjs/common';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import { OnAuth, PersistenceModule, Scoped, Unscoped, statementsMigration } from '../../src/index.js';
import { startApplication } from '../support/application.js';

const CREATE = `CREATE TABLE "receipt" ("receipt_id" varchar PRIMARY KEY, "metadata" jsonb)`;

/** Why the application does not start with these; `undefined` when it does. */
async function refusalOf(modules: Type[], policies: Type[] = []): Promise<string | undefined> {
  try {
    await (await startApplication({ modules, policies })).stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function featureOf(entity: new () => object, statements: readonly string[]): Type {
  const migrations = [statementsMigration('CreateReceipts1795910400001', statements)];
  @Module({ imports: [PersistenceModule.forFeature({ entities: [entity], migrations })] })
  class ReceiptsModule {}
  return ReceiptsModule;
}

describe('the boot with a resource of the deployment', () => {
  it('succeeds when everything is declared', async () => {
    expect(await refusalOf([InvoicesModule], [InvoicesPolicy])).toBeUndefined();
  });

  it('is refused for a route that declares no event (abuse case 71)', async () => {
    @Controller('receipts')
    class ReceiptsController {
      @Get()
      list() {
        return [];
      }
    }
    @Module({ controllers: [ReceiptsController] })
    class ReceiptsModule {}
    expect(await refusalOf([ReceiptsModule])).toBe(
      'WiringError: ReceiptsController.list is a route that declares no event; put @Authorize(resource, action, input) or @Public() on it.',
    );
  });

  it('is refused for a handler whose resource is not served', async () => {
    expect(await refusalOf([], [InvoicesPolicy])).toMatch(
      /^WiringError: InvoicesPolicy\.create handles "invoices:create", but no route fires that event\. Known: /,
    );
  });

  it('is refused for a handler of an action that no route has', async () => {
    const policy = policyFor('invoices:approve');
    expect(await refusalOf([InvoicesModule], [policy])).toBe(
      'WiringError: SomePolicy.decide handles "invoices:approve", but no route fires that event. Known: ' +
        'invoices:create, invoices:delete, invoices:read, invoices:search, invoices:update.',
    );
  });

  it('is refused for an entity that does not say who sees its rows (abuse case 70)', async () => {
    @Entity('receipt')
    class Receipt {
      @PrimaryColumn('varchar') receipt_id!: string;
    }
    expect(await refusalOf([featureOf(Receipt, [CREATE])])).toBe(
      'WiringError: Receipt is an entity that does not say who sees its rows: put @Scoped(resource, { by }) on it, or @Unscoped(reason) if everybody may.',
    );
  });

  it('succeeds for one that is there for everybody, in so many words', async () => {
    @Unscoped('a list of the world')
    @Entity('receipt')
    class Receipt {
      @PrimaryColumn('varchar') receipt_id!: string;
    }
    expect(await refusalOf([featureOf(Receipt, [CREATE])])).toBeUndefined();
  });

  it('is refused for an entity whose table no migration makes', async () => {
    @Scoped('receipts', { by: 'metadata' })
    @Entity('receipt')
    class Receipt {
      @PrimaryColumn('varchar') receipt_id!: string;
      @Column('jsonb') metadata!: Record<string, unknown>;
    }
    expect(await refusalOf([featureOf(Receipt, [])])).toBe(
      'WiringError: Receipt is stored in the table "receipt", which no migration has made: list one in PersistenceModule.forFeature({ migrations }).',
    );
    expect(await refusalOf([featureOf(Receipt, [CREATE])])).toBeUndefined();
  });
});

/** A policy that its author wrote past the compiler. */
function policyFor(event: string): Type {
  @Injectable()
  class SomePolicy {
    @OnAuth([event as 'invoices:read'])
    decide() {
      return true;
    }
  }
  return SomePolicy;
}
