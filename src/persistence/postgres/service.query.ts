import pg from 'pg';

/** What a query does to the connection that it is submitted on, in the protocol's messages. */
interface QueryConnection {
  parse(message: { readonly text: string; readonly name: string | undefined }): void;
  bind(message: { readonly statement: string | undefined; readonly values: readonly string[] }): void;
  execute(message: object): void;
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

export interface QuerySettings extends ServiceStatement {
  /** The names of preceding statements that the connection has prepared: added to as they are. */
  readonly prepared: Set<string>;
  /** Asked when it is its turn: why it may not be sent. */
  readonly refusal: () => Error | undefined;
}

type Callback = (error: Error | null, result: unknown) => void;

/** The parts of pg's query that its types leave out. */
interface Query {
  name: string | undefined;
  submit(connection: unknown): unknown;
  prepare(connection: QueryConnection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: QueryConnection): void;
  handleError(error: unknown, connection: QueryConnection): unknown;
}
const Query = pg.Query as unknown as new (
  settings: Pick<ServiceStatement, 'text' | 'values' | 'name'> & { readonly queryMode?: 'extended' },
  callback: Callback,
) => Query;

/**
 * A statement and those before it, sent together. Up to its one Sync message PostgreSQL takes them for one transaction, and after
 * the first that fails it passes over the rest; so this costs no round trip, and it also holds behind a pooler of transactions.
 */
export class ServiceQuery extends Query {
  /** What precedes and was not answered yet, the next one first. */
  private readonly awaited: PrecedingStatement[];

  constructor(
    private readonly settings: QuerySettings,
    callback: Callback,
  ) {
    const { text, values, name, preceding = [], protocol = 'extended' } = settings;
    super({ text, values, name, ...(protocol === 'extended' && { queryMode: protocol }) }, callback);
    this.awaited = [...preceding];
  }

  override submit(connection: unknown): unknown {
    return this.settings.refusal() ?? super.submit(connection);
  }

  override prepare(connection: QueryConnection): void {
    for (const statement of this.awaited) this.sendPreceding(connection, statement);
    super.prepare(connection);
    // pg takes each word of success in parsing for this name's, and the first ones are about what precedes.
    if (this.awaited.length > 0) this.name = undefined;
  }

  override handleDataRow(message: unknown): void {
    if (this.awaited.length === 0) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: QueryConnection): void {
    const done = this.awaited.shift();
    if (!done) {
      super.handleCommandComplete(message, connection);
      return;
    }
    if (done.name !== undefined) this.settings.prepared.add(done.name);
    done.onDone?.();
    if (this.awaited.length === 0) this.name = this.settings.name;
  }

  override handleError(error: unknown, connection: QueryConnection): unknown {
    const { name } = this.settings;
    // Not prepared, if it was to be: pg does this by the name that it is not shown while others are awaited.
    if (name !== undefined && this.awaited.length > 0)
      Reflect.deleteProperty(connection.submittedNamedStatements, name);
    return super.handleError(error, connection);
  }

  private sendPreceding(connection: QueryConnection, { text, values, name }: PrecedingStatement): void {
    if (name === undefined || !this.settings.prepared.has(name)) {
      // It may have been parsed, and have failed: a name that is taken could not be given again.
      if (name !== undefined) connection.close({ type: 'S', name });
      connection.parse({ text, name });
    }
    connection.bind({ statement: name, values });
    connection.execute({});
  }
}
