import pg from 'pg';

/** What a query does to the connection that it is submitted on, in the protocol's messages. */
interface QueryConnection {
  parse(message: { readonly text: string; readonly name: string | undefined }): void;
  bind(message: { readonly statement: string | undefined; readonly values: readonly string[] }): void;
  execute(message: object): void;
  readonly submittedNamedStatements: Record<string, string>;
}

export interface QuerySettings {
  readonly text: string;
  readonly values: unknown;
  /** Of the prepared statement; none for one that is used once. */
  readonly name: string | undefined;
  /** A statement for the same transaction, before it. Its result is dropped. */
  readonly preceding: PrecedingStatement | undefined;
}

export interface PrecedingStatement {
  readonly text: string;
  readonly values: readonly string[];
  readonly name: string | undefined;
  /** Whether this connection has prepared it already. */
  readonly isPrepared: boolean;
  readonly onDone: () => void;
}

type Callback = (error: Error | null, result: unknown) => void;

/** The parts of pg's query that its types leave out. */
interface Query {
  submit(connection: unknown): unknown;
  prepare(connection: QueryConnection): void;
  hasBeenParsed(connection: QueryConnection): boolean;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: QueryConnection): void;
}
const Query = pg.Query as unknown as new (
  settings: Omit<QuerySettings, 'preceding'> & { readonly queryMode: 'extended' },
  callback: Callback,
) => Query;

/**
 * A statement and one before it, sent together. Up to its one Sync message PostgreSQL takes them for one transaction, so this
 * costs no round trip and no BEGIN and COMMIT; it also holds behind a pooler of transactions.
 *
 * Always in the extended protocol: no text holds a second statement.
 */
export class ServiceQuery extends Query {
  private precedingIsDone: boolean;

  constructor(
    private readonly settings: QuerySettings,
    callback: Callback,
  ) {
    const { text, values, name } = settings;
    super({ text, values, name, queryMode: 'extended' }, callback);
    this.precedingIsDone = settings.preceding === undefined;
  }

  override prepare(connection: QueryConnection): void {
    const { preceding, name, text } = this.settings;
    if (preceding) {
      // A named statement is parsed first: pg takes the next word of success in parsing for its own.
      if (name !== undefined && !this.hasBeenParsed(connection)) {
        connection.parse({ text, name });
        connection.submittedNamedStatements[name] = text;
      }
      if (!preceding.isPrepared) connection.parse({ text: preceding.text, name: preceding.name });
      connection.bind({ statement: preceding.name, values: preceding.values });
      connection.execute({});
    }
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (this.precedingIsDone) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: QueryConnection): void {
    if (this.precedingIsDone) {
      super.handleCommandComplete(message, connection);
      return;
    }
    this.precedingIsDone = true;
    this.settings.preceding?.onDone();
  }
}
