import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { renderContainment } from './containment.renderer.js';

/**
 * Adds "this JSON column contains that object" to a query. An empty object asks for nothing.
 *
 * @param property the column of the query's main entity
 */
export function whereContains<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  property: string,
  wanted: object,
): SelectQueryBuilder<T> {
  if (Object.keys(wanted).length === 0) return query;
  const { driver } = query.dataSource;
  const dialect = driver.options.type === 'postgres' ? 'postgres' : 'sqlite';
  const column = `${driver.escape(query.alias)}.${driver.escape(property)}`;
  const offset = Object.keys(query.expressionMap.parameters).length;
  const parameters: Record<string, unknown> = {};
  const condition = renderContainment(dialect, column, wanted, (value) => {
    // With the alias, as a sub-query shares the parameters of the query around it.
    const name = `${query.alias}_${property}_${offset + Object.keys(parameters).length}`;
    parameters[name] = value;
    return `:${name}`;
  });
  return query.andWhere(condition, parameters);
}
