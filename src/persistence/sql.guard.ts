import { AuthorizationContext } from '../on-auth/authorization.context.js';
import { ScopeMissingError } from '../on-auth/errors.js';
import { BoundedCache } from './bounded.cache.js';
import { SCOPE_MARK, SCOPE_PARAMETER } from './scope.mark.js';
import { tokenize, type SqlToken } from './sql.tokenizer.js';
import { UnscopedSqlError } from './unscoped-sql.error.js';

const REMEMBERED_TEXTS = 2_000;
/** What stands before a name that is an alias. */
const BEFORE_ALIAS = new Set([')', 'as', 'of', SCOPE_MARK]);
/** What stands before a string that SQLite reads as the name of a table. */
const BEFORE_TABLE = new Set(['from', 'join', 'into', 'update', 'table', 'exists', 'on', ',', '(', '.']);
const STATEMENT_WORD = /\b(?:from|join|into|update|table|only|truncate|copy)\b/;
const UNBOUND = `:${SCOPE_PARAMETER}`;
const ESCAPED_NAME = /\bu&["']/i;
/** For PostgreSQL the backslash escapes the quote, for SQLite it does not: the two would read on from different places. */
const ESCAPED_QUOTE = /\be'[^']*\\'/i;

/**
 * The last line of defence: refuses, outside the system's scope, SQL that names a scoped table without the mark of the scoped
 * query builders. It is a tripwire for mistakes (raw SQL, a path of TypeORM that no builder covers), so it errs on refusing: a
 * column or a string that is called like a scoped table may be refused as well.
 */
export class SqlGuard {
  /** What is wrong with a text; nothing if it is ''. */
  private readonly verdicts = new BoundedCache<string, string>(REMEMBERED_TEXTS);
  private readonly anyName: RegExp;

  /** @param tables names of the scoped tables, in lower case */
  constructor(private readonly tables: ReadonlySet<string>) {
    this.anyName = new RegExp(`\\b(?:${[...tables].map(escaped).join('|')})\\b`);
  }

  /**
   * @throws ScopeMissingError when the SQL is about a scoped table and nobody was authorized
   * @throws UnscopedSqlError when the SQL is about a scoped table and the scope is not in it
   */
  check(sql: string): void {
    const refusal = this.refusalOf(sql);
    if (refusal) throw refusal;
  }

  /** What `check` throws, for who answers with a promise. */
  refusalOf(sql: string): ScopeMissingError | UnscopedSqlError | undefined {
    const scope = AuthorizationContext.current();
    if (scope?.kind === 'system') return undefined;
    const fault = this.faultOf(sql);
    if (fault === undefined) return undefined;
    const text = sql.slice(0, 120);
    if (!scope) return new ScopeMissingError(`SQL ${fault}, outside any authorization: ${text}`);
    return new UnscopedSqlError(`SQL ${fault}, and no scoped query builder wrote it: ${text}`);
  }

  /** What gives unscoped SQL away, such as `names the scoped table "thread"`. */
  faultOf(sql: string): string | undefined {
    return this.verdicts.getOrCompute(sql, this.judge) || undefined;
  }

  private readonly judge = (sql: string): string => {
    if (this.tables.size === 0) return '';
    if (ESCAPED_NAME.test(sql)) return 'has an escaped name, U&"..."';
    if (ESCAPED_QUOTE.test(sql)) return "has an escaped quote, E'...\\'...'";
    // Rendered in one scope and run in another, which has no such value: SQLite would take NULL for it.
    if (sql.includes(UNBOUND)) return 'has a parameter of another scope';
    const tokens = tokenize(sql).filter(isNoPlainComment);
    if (tokens.some(({ kind, text }) => kind === 'comment' && text !== SCOPE_MARK))
      return 'has a nested comment';
    const exposed = tokens.find((token, index) =>
      this.isExposed(token, tokens[index - 1], tokens[index + 1]),
    );
    return exposed ? `names the scoped table "${this.anyName.exec(exposed.name)?.[0]}"` : '';
  };

  private isExposed(token: SqlToken, previous: SqlToken | undefined, next: SqlToken | undefined): boolean {
    if (next?.text === SCOPE_MARK) return false;
    if (!this.tables.has(token.name)) return token.kind === 'string' && this.holdsStatement(token.name);
    const before = previous?.name ?? '';
    if (token.kind === 'string') return BEFORE_TABLE.has(before);
    return next?.text !== '.' && !BEFORE_ALIAS.has(before);
  }

  /** PostgreSQL can execute text: DO blocks, query_to_xml and the like. */
  private holdsStatement(text: string): boolean {
    return this.anyName.test(text) && STATEMENT_WORD.test(text);
  }
}

/** PostgreSQL nests comments and SQLite does not, so a comment within a comment stays in sight, and is refused. */
function isNoPlainComment({ kind, text }: SqlToken): boolean {
  return kind !== 'comment' || text === SCOPE_MARK || text.includes('/*', 2);
}

function escaped(name: string): string {
  return name.replaceAll(/\W/g, '\\$&');
}
