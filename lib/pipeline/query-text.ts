// The text of a view's query: Postgres 14 and 15 write `t.a` where 16 and newer write `a`, when the query reads one relation only.
import { canonicalExpression, withoutNamesOfConstants } from './expression.ts';

export const TOKEN = /(?:[eE]?'(?:[^']|'')*')|"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|::|\s+|[^\s]/g;
const CLAUSE_END = new Set(['WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'WINDOW', 'FETCH', 'FOR', ';']);
const SET_OPERATION = new Set(['UNION', 'INTERSECT', 'EXCEPT']);

/** Here, as in ORDER BY, a bare name means an output column before one of the relation. */
const DISTINCT_ON = 'DISTINCT ON';

interface Token {
  text: string;
  /** Depth of round brackets that are no subquery; -1 inside a subquery. */
  depth: number;
}

/**
 * The canonical text of a query: without the semicolon, casts of arrays as in canonicalExpression, constants without the name that they have by themselves, and columns of the only relation without
 * its name in front, except where the bare name would mean an output column.
 */
export function canonicalQuery(text: string): string {
  const query = canonicalExpression(withoutIndent(withoutNamesOfConstants(text.trim().replace(/;$/, ''))));
  const tokens = tokensOf(query);
  const prefix = onlyRelation(tokens);
  return prefix === null ? query : withoutPrefix(tokens, prefix);
}

/** Since 16 the server says of XMLSERIALIZE also what it does anyway. */
function withoutIndent(query: string): string {
  return query.includes('XMLSERIALIZE(') ? query.replaceAll(' NO INDENT)', ')') : query;
}

function tokensOf(text: string): Token[] {
  const raw = text.match(TOKEN) ?? [];
  const stack: boolean[] = [];
  return raw.map((token, at): Token => {
    const here = { text: token, depth: stack.includes(true) ? -1 : stack.length };
    if (token === '(') stack.push(/^(?:SELECT|WITH|VALUES)$/.test(nextWord(raw, at + 1)));
    if (token === ')') {
      stack.pop();
      return { text: token, depth: stack.includes(true) ? -1 : stack.length };
    }
    return here;
  });
}

function nextWord(raw: readonly string[], from: number): string {
  return raw.slice(from, from + 3).find((token) => token.trim() !== '') ?? '';
}

/** Name by which the only relation of the outermost query is known; null when there is none, or more than one. */
function onlyRelation(tokens: readonly Token[]): string | null {
  const top = tokens.filter((token) => token.depth === 0 && token.text.trim() !== '');
  if (top.some((token) => SET_OPERATION.has(token.text))) return null;
  const from = top.findIndex((token, at) => token.text === 'FROM' && top[at - 1]?.text !== 'DISTINCT');
  if (from === -1) return null;
  const length = top.slice(from + 1).findIndex((token) => CLAUSE_END.has(token.text));
  const items = top.slice(from + 1, length === -1 ? undefined : from + 1 + length).map((token) => token.text);
  if (items.includes(',') || items.includes('JOIN') || items[0] === 'ROWS') return null;
  const item = items.includes('TABLESAMPLE') ? items.slice(0, items.indexOf('TABLESAMPLE')) : items;
  const words = item[0] === 'ONLY' || item[0] === 'LATERAL' ? item.slice(1) : item;
  const dot = words.indexOf('.') === 1 ? 2 : 0;
  // A relation with names of its own for columns.
  if (words[dot] !== '(' && words[dot + 1] !== '(' && words[dot + 2] === '(') return words[dot + 1] ?? null;
  // A subquery or a function: its name stands behind the bracket.
  if (words.includes('(')) return words.slice(words.indexOf(')') + 1).find((word) => word !== 'WITH' && word !== 'ORDINALITY') ?? (words[0] === 'XMLTABLE' ? '"xmltable"' : null);
  const alias = words[dot + 1];
  return alias ?? words[dot] ?? null;
}

function withoutPrefix(tokens: readonly Token[], prefix: string): string {
  const aliases = new Set(tokens.flatMap((token, at) => (token.depth === 0 && token.text === 'AS' ? [wordAfter(tokens, at)] : [])));
  let clause = '';
  let result = '';
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    if (token.depth === 0 && (token.text === 'FROM' || CLAUSE_END.has(token.text)) && wordBefore(tokens, at) !== 'DISTINCT') clause = token.text;
    if (token.depth === 0 && token.text === 'ON' && clause === '' && wordBefore(tokens, at) === 'DISTINCT') clause = DISTINCT_ON;
    else if (clause === DISTINCT_ON && token.depth === 0 && token.text === ')') clause = '';
    const column = tokens[at + 2]?.text ?? '';
    const qualified = token.depth >= 0 && token.text === prefix && tokens[at + 1]?.text === '.' && tokens[at - 1]?.text !== '.' && column !== '*';
    if (qualified && clause !== 'FROM' && !((clause === 'ORDER' || clause === DISTINCT_ON) && aliases.has(column))) {
      at += 1;
      continue;
    }
    result += token.text;
  }
  return result;
}

function wordAfter(tokens: readonly Token[], at: number): string {
  return tokens.slice(at + 1, at + 3).find((token) => token.text.trim() !== '')?.text ?? '';
}

function wordBefore(tokens: readonly Token[], at: number): string {
  return tokens.slice(Math.max(0, at - 2), at).findLast((token) => token.text.trim() !== '')?.text ?? '';
}
