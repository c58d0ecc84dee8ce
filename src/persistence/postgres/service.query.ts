import pg from 'pg';
import type { DeferredTransaction } from './deferred.transaction.js';

interface BindMessage {
  readonly statement: string | undefined;
  readonly values: readonly unknown[];
  readonly valueMapper?: (value: unknown) => unknown;
}

/** What a query does to the connection that it is submitted on, in the protocol's messages. */
interface QueryConnection {
  parse(message: { readonly text: string; readonly name: string | undefined }): void;
  bind(message: BindMessage): void;
  execute(message: object): void;
  sync(): void;
  close(message: { readonly type: 'S'; readonly name: string }): void;
  readonly submittedNamedStatements: Record<string, string>;
}

export interface ServiceStatement {
  readonly text: string;
  readonly values: unknown;
  /** Of the prepared statement; none for one that is used once. */
  readonly name: string | undefined;
  /** Statements for the same transaction, before it. Their results are dropped. */
  readonly preceding?: readonly PrecedingStatement[];
  /** The extended one takes one statement only, the simple one neither values nor statements before. Extended unless given. */
  readonly protocol?: 'simple' | 'extended';
}

export interface PrecedingStatement {
  readonly text: string;
  readonly values: readonly string[];
  readonly name: string | undefined;
  readonly onDone?: () => void;
}

/** What a connection knows of the statements that it has prepared: added to by their queries. */
export interface PreparedStatements {
  /** The names of those that precede others. */
  readonly preceding: Set<string>;
  /** What the rows of the others are like, by name. PostgreSQL refuses a prepared statement whose rows would change. */
  readonly rows: Map<string, RowForm>;
}

/** The parts of pg's result that are made of the description of its rows. */
interface RowForm {
  fields: unknown;
  _parsers: unknown;
  _prebuiltEmptyResultObject: unknown;
}

/** Where a statement is sent. */
export interface QuerySurroundings {
  readonly prepared: PreparedStatements;
  /** Asked when it is the statement's turn, which it may refuse. None where the statement is a transaction of its own. */
  readonly transaction: Pick<DeferredTransaction, 'refusal'> | undefined;
}

type Callback = (error: Error | null, result: unknown) => void;

/** The parts of pg's query that its types leave out. */
interface Query {
  name: string | undefined;
  queryMode: 'extended' | undefined;
  _result: RowForm;
  _accumulateRows: unknown;
  submit(connection: unknown): unknown;
  prepare(connection: QueryConnection): void;
  hasBeenParsed(connection: QueryConnection): unknown;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: QueryConnection): void;
  handleError(error: unknown, connection: QueryConnection): unknown;
}
const Query = pg.Query as unknown as new (text: string, values: unknown, callback: Callback) => Query;

/** How pg sends a value; its types leave it out. */
const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => string } }).utils;

export const NOTHING_BEFORE: readonly PrecedingStatement[] = [];

/**
 * A statement and those before it, sent together. Up to its one Sync message PostgreSQL takes them for one transaction, and after
 * the first that fails it passes over the rest; so this costs no round trip, and it also holds behind a pooler of transactions.
 *
 * What the rows of a prepared statement are like is asked for once on each connection.
 */
export class ServiceQuery extends Query {
  /** What precedes and was not answered yet, the next one first. */
  private readonly awaited: PrecedingStatement[];

  constructor(
    private readonly statement: ServiceStatement,
    private readonly surroundings: QuerySurroundings,
    callback: Callback,
  ) {
    const { text, values, name, preceding = NOTHING_BEFORE, protocol = 'extended' } = statement;
    super(text, values, callback);
    this.name = name;
    if (protocol === 'extended') this.queryMode = protocol;
    this.awaited = [...preceding];
  }

  override submit(connection: unknown): unknown {
    return this.surroundings.transaction?.refusal() ?? super.submit(connection);
  }

  override prepare(connection: QueryConnection): void {
    for (const statement of this.awaited) this.sendPreceding(connection, statement);
    const rows = this.rowsKnownOn(connection);
    if (rows) this.sendDescribed(connection, rows);
    else super.prepare(connection);
    // pg takes each word of success in parsing for this name's, and the first ones are about what precedes.
    if (this.awaited.length > 0) this.name = undefined;
  }

  override handleDataRow(message: unknown): void {
    if (this.awaited.length === 0) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: QueryConnection): void {
    const done = this.awaited.shift();
    if (!done) {
      this.noteRows();
      super.handleCommandComplete(message, connection);
      return;
    }
    if (done.name !== undefined) this.surroundings.prepared.preceding.add(done.name);
    done.onDone?.();
    if (this.awaited.length === 0) this.name = this.statement.name;
  }

  override handleError(error: unknown, connection: QueryConnection): unknown {
    const { name } = this.statement;
    // Not prepared, if it was to be: pg does this by the name that it is not shown while others are awaited.
    if (name !== undefined && this.awaited.length > 0)
      Reflect.deleteProperty(connection.submittedNamedStatements, name);
    return super.handleError(error, connection);
  }

  private rowsKnownOn(connection: QueryConnection): RowForm | undefined {
    const { name } = this.statement;
    const rows = name === undefined ? undefined : this.surroundings.prepared.rows.get(name);
    return rows && this.hasBeenParsed(connection) ? rows : undefined;
  }

  /** Of what gives no rows as well. */
  private noteRows(): void {
    const { name } = this.statement;
    const { prepared } = this.surroundings;
    if (name === undefined || prepared.rows.has(name)) return;
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
    prepared.rows.set(name, { fields, _parsers, _prebuiltEmptyResultObject });
  }

  /** As pg sends a prepared statement, but for the question what its rows are like. */
  private sendDescribed(connection: QueryConnection, rows: RowForm): void {
    const { name, values } = this.statement;
    try {
      connection.bind({ statement: name, values: values as readonly unknown[], valueMapper: prepareValue });
    } catch (error) {
      connection.sync();
      this.handleError(error, connection);
      return;
    }
    Object.assign(this._result, rows);
    this._accumulateRows = true;
    connection.execute({});
    connection.sync();
  }

  private sendPreceding(connection: QueryConnection, { text, values, name }: PrecedingStatement): void {
    if (name === undefined || !this.surroundings.prepared.preceding.has(name)) {
      // It may have been parsed, and have failed: a name that is taken could not be given again.
      if (name !== undefined) connection.close({ type: 'S', name });
      connection.parse({ text, name });
    }
    connection.bind({ statement: name, values });
    connection.execute({});
  }
}
