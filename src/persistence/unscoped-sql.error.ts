/**
 * SQL that the scope cannot be put into: text that names a scoped table by itself, a raw expression for the column that
 * decides who sees the row, a fragment that could end the condition around it. A fault of the program; nothing was executed.
 */
export class UnscopedSqlError extends Error {
  override readonly name = 'UnscopedSqlError';
}
