import pg from 'pg';
import { BEGIN, DeferredTransaction } from './deferred.transaction.js';
import {
  NOTHING_BEFORE,
  ServiceQuery,
  type PrecedingStatement,
  type PreparedStatements,
  type ServiceStatement,
} from './service.query.js';
import type { StatementNames } from './statement.names.js';

/** What the connections of a pool know beside how to connect. */
export interface ServiceClientSettings {
  /** The name and the current value of the setting that each transaction carries; '' is none. */
  readonly transactionSetting?: { readonly name: string; readonly current: () => string };
  /** None: no statement is prepared. */
  readonly statementNames?: StatementNames;
}

/** The part of pg's client that is used here. Its own types are overloads that nothing can extend. */
interface Client {
  query(text: unknown, values?: unknown, callback?: unknown): unknown;
  getTransactionStatus(): 'I' | 'T' | 'E' | null;
}
const Client = pg.Client as unknown as new (settings: ServiceClientSettings) => Client;

const WITHIN_TRANSACTION =
  /^(?:(?:ROLLBACK TO |RELEASE )?SAVEPOINT \w+|SET TRANSACTION ISOLATION LEVEL [A-Z ]+)$/;

/** Of a statement that was not sent. */
const NOTHING = { rows: [], rowCount: null } as const;

/**
 * A connection of the service: all SQL of the pool passes it, whichever way it was taken. Each statement comes with the current
 * value of the transaction's setting, the first one of a transaction begins it, and statements that come often are prepared.
 */
export class ServiceClient extends Client {
  private readonly settings: ServiceClientSettings;
  private transaction: DeferredTransaction | undefined;
  /** What the transaction that is open now was told. */
  private inForce: string | undefined;
  private readonly prepared: PreparedStatements = { preceding: new Set(), rows: new Map() };

  constructor(settings: ServiceClientSettings) {
    super(settings);
    this.settings = settings;
  }

  /** @throws TypeError for what cannot carry the setting, or begin a transaction: a cursor, or a query with a callback */
  override query(text: unknown, values?: unknown, callback?: unknown): unknown {
    if (typeof text !== 'string' || callback !== undefined) {
      this.assertCarriesNothing();
      return super.query(text, values, callback);
    }
    if (text === BEGIN && !this.transaction) return this.deferTransaction();
    if (text === 'COMMIT' || text === 'ROLLBACK') return this.endTransaction(text);
    if (!this.settings.transactionSetting && mayHoldSeveral(text, values)) return this.queryAlone(text);
    return this.queryTogether(text, values);
  }

  private deferTransaction(): Promise<unknown> {
    this.transaction = new DeferredTransaction();
    this.inForce = undefined;
    return Promise.resolve(NOTHING);
  }

  private endTransaction(text: 'COMMIT' | 'ROLLBACK'): unknown {
    const { transaction } = this;
    this.transaction = this.inForce = undefined;
    if (transaction?.isDue) return Promise.resolve(NOTHING);
    const refusal = text === 'COMMIT' && transaction?.refusal();
    return refusal ? this.refuseToCommit(refusal) : super.query(text);
  }

  private async refuseToCommit(refusal: Error): Promise<never> {
    await super.query('ROLLBACK');
    throw refusal;
  }

  /** Only the simple protocol takes several statements in one text, as migrations may have them. */
  private async queryAlone(text: string): Promise<unknown> {
    const begin = this.transaction?.isDue ? this.transaction.begin() : undefined;
    if (begin) {
      await this.send({ ...begin, protocol: 'simple' });
      begin.onDone?.();
    }
    return this.send({ text, values: [], name: undefined, protocol: 'simple' });
  }

  private queryTogether(text: string, values: unknown): unknown {
    const preceding = this.precedingOf(text);
    const name = this.settings.statementNames?.nameOf(text);
    const { transaction } = this;
    if (preceding.length === 0 && name === undefined && (!transaction || transaction.hasBegun)) {
      return super.query(text, values);
    }
    return this.send({ text, values, name, preceding });
  }

  private send(statement: ServiceStatement): Promise<unknown> {
    const { transaction, prepared } = this;
    return new Promise((resolve, reject) => {
      const query = new ServiceQuery(statement, { prepared, transaction }, (error, result) => {
        if (error) {
          transaction?.noteFailure();
          reject(error);
        } else resolve(result);
      });
      super.query(query);
    });
  }

  private precedingOf(text: string): readonly PrecedingStatement[] {
    if (!this.transaction?.isDue && !this.settings.transactionSetting) return NOTHING_BEFORE;
    const begin = this.transaction?.isDue ? this.transaction.begin() : undefined;
    const isControl = WITHIN_TRANSACTION.test(text);
    // What is in force once a savepoint was rolled back to is not known here.
    if (isControl) this.inForce = undefined;
    const setting = isControl ? undefined : this.settingStatement();
    return [begin, setting].filter((statement) => statement !== undefined);
  }

  /** Outside a transaction, each statement is one of its own and knows nothing of the one before. */
  private settingStatement(): PrecedingStatement | undefined {
    const setting = this.settings.transactionSetting;
    if (!setting) return undefined;
    const value = setting.current();
    const isInTransaction = this.transaction !== undefined || this.getTransactionStatus() === 'T';
    if (isInTransaction ? value === this.inForce : value === '') return undefined;
    this.inForce = isInTransaction ? value : undefined;
    return {
      // The condition never holds, so that there is no row to send back.
      text: `SELECT WHERE set_config('${setting.name}', $1, true) IS NULL`,
      values: [value],
      name: this.settings.statementNames && 'onauth_setting',
    };
  }

  private assertCarriesNothing(): void {
    if (this.settings.transactionSetting) throw new TypeError('a query of this kind cannot carry its scope');
    if (this.transaction?.isDue) throw new TypeError('a query of this kind cannot begin a transaction');
  }
}

function mayHoldSeveral(text: string, values: unknown): boolean {
  return !(Array.isArray(values) && values.length > 0) && text.includes(';');
}
