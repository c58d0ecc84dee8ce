import { BoundedCache } from './bounded.cache.js';
import { SCOPE_MARK } from './scope.mark.js';
import { tokenize } from './sql.tokenizer.js';
import { UnscopedSqlError } from './unscoped-sql.error.js';

const REMEMBERED_FRAGMENTS = 2_000;
/** As tokens of their own: the end of a statement, and quotes that nothing closes. */
const BREAKS = new Set([';', "'", '"', '`']);
const CLAUSE_WORDS = new Set(['where', 'from', 'returning', 'set', 'on', 'union', 'limit']);

type Fault =
  | 'leaves its parentheses'
  | 'holds a comment, a semicolon or an open quote'
  | 'is more than one expression'
  | '';

const conditions = new BoundedCache<string, Fault>(REMEMBERED_FRAGMENTS);
const expressions = new BoundedCache<string, Fault>(REMEMBERED_FRAGMENTS);

/**
 * A condition that is put in parentheses beside the scope must not be able to close them.
 * @throws UnscopedSqlError
 * @example assertCondition('1=1) OR (1=1') // throws
 */
export function assertCondition(sql: string): void {
  refuse(conditions.getOrCompute(sql, balanceFault), sql);
}

/**
 * A raw value must be one expression: not a further assignment, and not the rest of the statement.
 * @throws UnscopedSqlError
 * @example assertExpression(`'x', "metadata" = '{}'`) // throws
 */
export function assertExpression(sql: string): void {
  refuse(expressions.getOrCompute(sql, expressionFault), sql);
}

function refuse(fault: Fault, sql: string): void {
  if (fault !== '') throw new UnscopedSqlError(`A piece of raw SQL ${fault}: ${sql.slice(0, 120)}`);
}

function balanceFault(sql: string): Fault {
  return faultOf(sql, false);
}

function expressionFault(sql: string): Fault {
  return faultOf(sql, true);
}

function faultOf(sql: string, single: boolean): Fault {
  let depth = 0;
  for (const { kind, text, name } of tokenize(sql)) {
    if ((kind === 'comment' && text !== SCOPE_MARK) || BREAKS.has(text)) {
      return 'holds a comment, a semicolon or an open quote';
    }
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth < 0) return 'leaves its parentheses';
    if (single && depth === 0 && (text === ',' || (kind === 'word' && CLAUSE_WORDS.has(name)))) {
      return 'is more than one expression';
    }
  }
  return depth === 0 ? '' : 'leaves its parentheses';
}
