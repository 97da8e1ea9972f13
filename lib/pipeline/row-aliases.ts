// What a function in FROM returns as rows of a table, the server writes with a list of all columns behind it: `emp_of(d.*) x(id, name)`.
import { TOKEN } from './query-text.ts';

/** A function that returns rows of a table or composite type, as FROM names it, and the columns of these, quoted and in their order. */
export interface RowFunction {
  name: string;
  columns: readonly string[];
}

/**
 * The query without those lists that only say what the columns are called anyway. Such a list names columns by their place: where the table has them in another order, the same text
 * would read others. A list that gives a column another name stays.
 */
export function withoutRowAliases(query: string, functions: readonly RowFunction[]): string {
  if (functions.length === 0) return query;
  const tokens: readonly string[] = query.match(TOKEN) ?? [];
  const left = new Set<number>();
  tokens.forEach((token, at) => {
    const called = token === '(' ? columnsOf(tokens, at, functions) : null;
    const list = called === null ? null : aliasList(tokens, closing(tokens, at));
    if (called !== null && list !== null && isSaid(tokens.slice(list.from + 1, list.to).join(''), called)) for (let each = list.from; each <= list.to; each += 1) left.add(each);
  });
  return tokens.filter((_, at) => !left.has(at)).join('');
}

/** The columns that the call behind which this bracket opens gives; null where it is none of these functions, or nobody can say which. */
function columnsOf(tokens: readonly string[], bracket: number, functions: readonly RowFunction[]): readonly string[] | null {
  const before = tokens.slice(Math.max(0, bracket - 3), bracket).join('');
  const found = functions.filter(({ name }) => before === name);
  return new Set(found.map(({ columns }) => columns.join(', '))).size === 1 ? (found[0]?.columns ?? null) : null;
}

function closing(tokens: readonly string[], bracket: number): number {
  let depth = 0;
  for (let at = bracket; at < tokens.length; at += 1) {
    if (tokens[at] === '(') depth += 1;
    if (tokens[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

/** The brackets behind the name that a call is given. */
function aliasList(tokens: readonly string[], end: number): { from: number; to: number } | null {
  const rest = tokens.slice(end + 1).join('');
  const [head, alias] = /^(?: WITH ORDINALITY)? ("(?:[^"]|"")*"|[\w$\u0080-\uffff]+)\(/.exec(rest) ?? [];
  if (head === undefined || alias === undefined) return null;
  let length = 0;
  const from = tokens.findIndex((token, at) => at > end && (length += token.length) === head.length);
  return from < 0 ? null : { from, to: closing(tokens, from) };
}

/** What the table got after the query was made is not in the list. */
function isSaid(list: string, columns: readonly string[]): boolean {
  const names = list.replace(/, ordinality$/, '').match(/"(?:[^"]|"")*"|[^", ]+/g) ?? [];
  return [names, [...names, 'ordinality']].some((each) => each.join(', ') === list) && names.every((name, at) => name === columns[at]);
}
