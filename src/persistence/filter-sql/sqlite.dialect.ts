import type { JsonScalar } from '../../on-auth/filter/filter.js';
import type { Bind, FilterDialect, Target } from './filter.dialect.js';
import { scopeKeyExpression } from './scope-key.expression.js';

/**
 * `->` yields the JSON text of a value as it was stored. Metadata is always stored by JSON.stringify, which has one text
 * for each scalar (1 for 1.0, 0 for -0, the shortest digits of a double), so that equal texts are equal values.
 *
 * Metadata must not hold a NUL: of a stored key that has one, SQLite's paths see only the part before it. PostgreSQL cannot
 * store such a key at all, so bodies that have one are refused before they get here.
 */
export const sqliteDialect: FilterDialect = {
  equals: (target, value, bind) => `${member(target, bind)} = ${bind(JSON.stringify(value))}`,

  isAnyOf: (target, values, bind) =>
    `${member(target, bind)} IN (${values.map((value) => bind(JSON.stringify(value))).join(', ')})`,

  exists: (target, bind) => `${member(target, bind)} IS NOT NULL`,

  contains: (target, values, bind) => {
    const path = bind(pathOf(target.key));
    const isArray = `json_type(${target.column}, ${path}) = 'array'`;
    const elements = values.map((value) => hasElement(target.column, path, value, bind));
    return `(${[isArray, ...elements].join(' AND ')})`;
  },
};

function member({ column, key, indexed }: Target, bind: Bind): string {
  return indexed ? scopeKeyExpression(column, key) : `(${column} -> ${bind(pathOf(key))})`;
}

/** Inside the quotes of a path, a key is spelled as in JSON. Without the path, `->` would take `[0]` for an index. */
function pathOf(key: string): string {
  return `$.${JSON.stringify(key)}`;
}

/**
 * The column is read where only the row's table is in sight: beside `json_each`, an unqualified column named `value` or
 * `key` would mean that of `json_each`.
 */
function hasElement(column: string, path: string, value: JsonScalar, bind: Bind): string {
  return (
    `EXISTS (SELECT 1 FROM (SELECT ${column} AS document) AS stored,` +
    ` json_each(stored.document, ${path}) AS element WHERE ${isElement(path, value, bind)})`
  );
}

function isElement(path: string, value: JsonScalar, bind: Bind): string {
  switch (typeof value) {
    case 'string':
      return `element.type = 'text' AND element.value = ${bind(value)}`;
    case 'number':
      return isNumber(path, bind(JSON.stringify(value)));
    default:
      return `element.type = ${bind(JSON.stringify(value))}`;
  }
}

/**
 * SQLite's conversion of JSON numbers to doubles is off by one unit in the last place now and then, so the text of the
 * element decides. Its conversion of the wanted text only picks the few elements whose text is looked up.
 */
function isNumber(path: string, json: string): string {
  const text = `(stored.document -> (${path} || '[' || element.key || ']'))`;
  return `element.value = (${json} ->> '$') AND ${text} = ${json}`;
}
