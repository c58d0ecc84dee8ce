export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'comment' | 'symbol';
  readonly text: string;
  /** What a word, a quoted name or a string says, in lower case; of everything else the text itself. */
  readonly name: string;
}

/**
 * In this order: comments, strings (with backslashes, plain, in dollars), quoted names, words and numbers, any other
 * character. A comment that is not closed reaches to the end. A quote that is not closed is a symbol, so what follows it is
 * read as SQL; so is what stands in square brackets, a quoted name for SQLite and an expression for PostgreSQL.
 */
const TOKEN =
  /(\/\*[\s\S]*?(?:\*\/|$)|--[^\r\n]*)|([eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\3\$)|("(?:[^"]|"")*"|`(?:[^`]|``)*`)|([\w\u0080-\uffff][\w$\u0080-\uffff]*)|\S/g;

/** Splits SQL of either database into its tokens. Where the two differ, it shows more of the text rather than less. */
export function tokenize(sql: string): readonly SqlToken[] {
  return Array.from(sql.matchAll(TOKEN), ([text, comment, string, , quoted, word]): SqlToken => {
    if (word !== undefined) return { kind: 'word', text, name: word.toLowerCase() };
    if (quoted !== undefined) return { kind: 'quoted', text, name: unquoted(quoted) };
    if (string !== undefined) return { kind: 'string', text, name: unquoted(string) };
    return { kind: comment === undefined ? 'symbol' : 'comment', text, name: text };
  });
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  return text
    .slice(1, -1)
    .replaceAll(quote + quote, quote)
    .toLowerCase();
}
