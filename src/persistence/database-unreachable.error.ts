import { TypeORMError } from 'typeorm';

/** There is no connection to the database. A fault of the surroundings: what it was needed for can be done later. */
export class DatabaseUnreachableError extends TypeORMError {
  constructor(override readonly cause: unknown) {
    super('The database cannot be reached');
  }
}
