import type { EntityMetadata } from 'typeorm';
import { WiringError } from '../../on-auth/errors.js';
import { scopeDeclarationOf } from '../scoped.decorator.js';
import type { ScopedTable } from './scoped-table.js';
import { readScopedTables } from './scoped-table.reader.js';

/** Knows every scoped table of a data source, by its path. */
export class ScopedTableRegistry {
  private readonly tables: ReadonlyMap<string, ScopedTable>;

  /** @throws WiringError for a declaration that cannot be kept; one sentence that names entity, property and cure */
  constructor(entities: readonly EntityMetadata[], escape: (name: string) => string) {
    this.tables = readScopedTables(entities, escape);
    for (const entity of entities) {
      this.refuseSecondOpinion(entity);
      this.refuseNamesake(entity);
    }
  }

  find(path: string): ScopedTable | undefined {
    return this.tables.get(path);
  }

  all(): readonly ScopedTable[] {
    return [...this.tables.values()];
  }

  /** Without schema, in lower case. */
  names(): ReadonlySet<string> {
    return new Set(this.all().map(({ metadata }) => metadata.tableName.toLowerCase()));
  }

  /** One table, one scope: whoever maps a scoped table has to say the same about it. */
  private refuseSecondOpinion(entity: EntityMetadata): void {
    const table = this.find(entity.tablePath);
    if (!table || table.metadata === entity) return;
    const [here, there] = [entity, table.metadata].map(({ target }) =>
      JSON.stringify(scopeDeclarationOf(target)),
    );
    if (here === there) return;
    throw new WiringError(
      `${entity.name} and ${table.name} map the table "${entity.tableName}", but are not @Scoped alike: declare the same on both`,
    );
  }

  /** The SQL guard cannot tell such a column from the table, and would refuse every query with it. */
  private refuseNamesake({ name, columns }: EntityMetadata): void {
    const tables = this.names();
    const column = columns.find(({ databaseName }) => tables.has(databaseName.toLowerCase()));
    if (!column) return;
    const { propertyPath, databaseName } = column;
    throw new WiringError(
      `${name}.${propertyPath} is stored in a column called like the scoped table "${databaseName}": rename it`,
    );
  }
}
