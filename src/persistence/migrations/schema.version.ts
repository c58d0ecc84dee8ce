/** A migration that takes away what an older version needs says so by how its name begins. */
const CONTRACTION = 'Contract';

/** The database is of a newer version, and this one cannot work with it any more. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
  constructor(migration: string) {
    super(
      `The database belongs to a newer version of this service, which has taken away what this one needs (${migration}): start that version instead.`,
    );
  }
}

/**
 * While a new version is rolled out, older processes go on, and start again, on a schema that has more than they know. Only where
 * something was taken away they must not.
 *
 * @param executed the names of the migrations that the database has seen
 * @param known the names of those that this version has
 * @throws NewerSchemaError
 */
export function assertUsable(executed: readonly string[], known: readonly string[]): void {
  const names = new Set(known);
  const contraction = executed.find((name) => name.startsWith(CONTRACTION) && !names.has(name));
  if (contraction !== undefined) throw new NewerSchemaError(contraction);
}
