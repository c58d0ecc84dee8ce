import { Inject, Injectable } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { ObjectLiteral } from 'typeorm';
import { AuthorizationContext, runAsSystem, type PrincipalScope } from '../on-auth/authorization.context.js';
import type { Decision } from '../on-auth/decision.js';
import { ScopedRows, type FoundRow, type RenderedScope } from '../on-auth/explain/scoped.rows.js';
import { ScopedDataSource } from './scoped-data-source.js';
import type { OwnMetadata, ScopedTable } from './scoping/scoped-table.js';

type OwningTable = ScopedTable & { readonly owner: OwnMetadata };

/** Tells explanations what a decision is on the tables of the data source, and which row an id means. */
@Injectable()
export class DataSourceRows extends ScopedRows {
  constructor(@Inject(getDataSourceToken()) private readonly dataSource: ScopedDataSource) {
    super();
  }

  override render(resource: string, decision: Decision): readonly RenderedScope[] {
    return this.tablesOf(resource).map((table) => ({
      table: table.metadata.tableName,
      ...this.dataSource.renderScope(table, decision),
    }));
  }

  override async find(resource: string, id: string, scope: PrincipalScope): Promise<FoundRow | undefined> {
    const table = this.tablesOf(resource).find(({ metadata }) => metadata.primaryColumns.length === 1);
    if (!table) return undefined;
    const row = await runAsSystem('explain a decision', () => this.read(table, id));
    if (!row) return undefined;
    const reached = await AuthorizationContext.run(scope, () => this.read(table, id));
    return {
      table: table.metadata.tableName,
      id,
      metadata: metadataOf(table.owner.column.getEntityValue(row)),
      visible: reached !== null,
    };
  }

  /** Those whose rows have one id first. */
  private tablesOf(resource: string): readonly OwningTable[] {
    return this.dataSource.scopedTables
      .filter(
        (table): table is OwningTable => table.owner.kind === 'metadata' && table.resources[0] === resource,
      )
      .sort((a, b) => a.metadata.primaryColumns.length - b.metadata.primaryColumns.length);
  }

  private read({ metadata, owner }: OwningTable, id: string): Promise<ObjectLiteral | null> {
    const [{ propertyPath }] = metadata.primaryColumns;
    return this.dataSource
      .createQueryBuilder(metadata.target, 'row')
      .select([`row.${propertyPath}`, `row.${owner.column.propertyPath}`])
      .where({ [propertyPath]: id })
      .getOne();
  }
}

function metadataOf(stored: unknown): FoundRow['metadata'] {
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored)
    ? (stored as Record<string, unknown>)
    : null;
}
