import { PartialStatementError } from './sqlite3.errors.js';

/**
 * What a statement needs from a connection:
 * - `read`: rows, any connection
 * - `write`: no rows, the writer; the counts of changed rows matter
 * - `returning`: a write that gives rows
 * - `begin`, `commit`, `rollback`, `savepoint`: move the transaction of the caller
 * - `other`: DDL, PRAGMA, ATTACH, VACUUM: the writer, and never a cached statement (a PRAGMA may act while it is prepared)
 */
export type SqlKind =
  'read' | 'write' | 'returning' | 'begin' | 'commit' | 'rollback' | 'savepoint' | 'other';

const KIND_OF_VERB: Readonly<Record<string, SqlKind>> = {
  SELECT: 'read',
  VALUES: 'read',
  EXPLAIN: 'read',
  INSERT: 'write',
  UPDATE: 'write',
  DELETE: 'write',
  REPLACE: 'write',
  BEGIN: 'begin',
  COMMIT: 'commit',
  END: 'commit',
  ROLLBACK: 'rollback',
  SAVEPOINT: 'savepoint',
  RELEASE: 'savepoint',
};

const QUOTED_OR_COMMENT = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const INNERMOST_PARENTHESES = /\([^()]*\)/g;
const REMEMBERED_TEXTS = 2_000;

const remembered = new Map<string, SqlKind>();

/**
 * Reads the kind of a statement from its text; the answer is remembered for each text.
 * @throws PartialStatementError when SQLite would run only a part of the text
 */
export function classifySql(sql: string): SqlKind {
  let kind = remembered.get(sql);
  if (kind === undefined) {
    kind = readKind(sql);
    if (remembered.size >= REMEMBERED_TEXTS) remembered.clear();
    remembered.set(sql, kind);
  }
  return kind;
}

function readKind(sql: string): SqlKind {
  const bare = withoutQuotedText(sql);
  if (sql.includes('\0') || holdsSeveralStatements(bare)) throw new PartialStatementError(sql);
  const kind = KIND_OF_VERB[verbOf(bare)] ?? 'other';
  if (kind === 'write' && /\bRETURNING\b/i.test(bare)) return 'returning';
  if (kind === 'rollback' && /\bTO\b/i.test(bare)) return 'savepoint';
  return kind;
}

/** The statements inside a trigger end in semicolons too. */
function holdsSeveralStatements(bare: string): boolean {
  return /;\s*[^\s;]/.test(bare) && !/^\s*CREATE\s+(?:TEMP\s+|TEMPORARY\s+)?TRIGGER\b/i.test(bare);
}

/** Comments become blanks; strings and quoted names become `x`, so that no word or semicolon inside them counts. */
function withoutQuotedText(sql: string): string {
  return sql.replace(QUOTED_OR_COMMENT, (text) =>
    text.startsWith('--') || text.startsWith('/*') ? ' ' : 'x',
  );
}

function verbOf(bare: string): string {
  const first = /[A-Za-z]+/.exec(bare)?.[0].toUpperCase() ?? '';
  return first === 'WITH' ? verbAfterCommonTables(bare) : first;
}

/** The verb of `WITH a AS (...), b AS (...) UPDATE ...`: the first one outside all parentheses. */
function verbAfterCommonTables(bare: string): string {
  let outside = bare;
  for (let shorter = ''; shorter !== outside;) {
    shorter = outside;
    outside = outside.replace(INNERMOST_PARENTHESES, ' ');
  }
  return /\b(?:SELECT|VALUES|INSERT|UPDATE|DELETE|REPLACE)\b/i.exec(outside)?.[0].toUpperCase() ?? '';
}
