import { bindParameters, type Sqlite3Value } from './parameter.binder.js';
import { classifySql, type SqlKind } from './sql.classifier.js';

/** One statement, ready to run: its text, what it needs from a connection, and its values. */
export interface BoundStatement {
  readonly sql: string;
  readonly kind: SqlKind;
  readonly values: readonly Sqlite3Value[];
}

/** @throws PartialStatementError, UnsupportedParameterError */
export function bindStatement(sql: string, parameters: readonly unknown[] = []): BoundStatement {
  return { sql, kind: classifySql(sql), values: bindParameters(parameters) };
}
