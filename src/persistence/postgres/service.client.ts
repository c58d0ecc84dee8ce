import pg from 'pg';
import { ServiceQuery, type PrecedingStatement } from './service.query.js';
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

const TRANSACTION_CONTROL =
  /^(?:START TRANSACTION|COMMIT|ROLLBACK|(?:ROLLBACK TO |RELEASE )?SAVEPOINT \w+|SET TRANSACTION ISOLATION LEVEL [A-Z ]+)$/;

/**
 * A connection of the service: all SQL of the pool passes it, whichever way it was taken. Each statement comes with the current
 * value of the transaction's setting, and statements that come often are prepared.
 */
export class ServiceClient extends Client {
  private readonly settings: ServiceClientSettings;
  /** What the transaction that is open now was told. */
  private inForce: string | undefined;
  private settingIsPrepared = false;

  constructor(settings: ServiceClientSettings) {
    super(settings);
    this.settings = settings;
  }

  /** @throws TypeError for what cannot carry the setting: a cursor, or a query with a callback */
  override query(text: unknown, values?: unknown, callback?: unknown): unknown {
    if (typeof text !== 'string' || callback !== undefined) {
      if (this.settings.transactionSetting)
        throw new TypeError('a query of this kind cannot carry its scope');
      return super.query(text, values, callback);
    }
    if (TRANSACTION_CONTROL.test(text)) {
      this.inForce = undefined;
      return super.query(text, values);
    }
    const preceding = this.settingStatement();
    const name = this.settings.statementNames?.nameOf(text);
    if (!preceding && name === undefined) return super.query(text, values);
    return new Promise((resolve, reject) => {
      const query = new ServiceQuery({ text, values, name, preceding }, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
      super.query(query);
    });
  }

  /** Outside a transaction, each statement is one of its own and knows nothing of the one before. */
  private settingStatement(): PrecedingStatement | undefined {
    const setting = this.settings.transactionSetting;
    if (!setting) return undefined;
    const value = setting.current();
    const isInTransaction = this.getTransactionStatus() === 'T';
    if (isInTransaction ? value === this.inForce : value === '') return undefined;
    this.inForce = isInTransaction ? value : undefined;
    return {
      // The condition never holds, so that there is no row to send back.
      text: `SELECT WHERE set_config('${setting.name}', $1, true) IS NULL`,
      values: [value],
      name: this.settings.statementNames && 'onauth_setting',
      isPrepared: this.settingIsPrepared,
      onDone: () => {
        this.settingIsPrepared = this.settings.statementNames !== undefined;
      },
    };
  }
}
