/** Nothing inside these is a word of the statement. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|[()]|\b[A-Za-z_]\w*\b/g;

interface Word {
  word: string;
  at: number;
  end: number;
}

/** The texts behind the words SET, FROM, WHERE and RETURNING of one UPDATE, where they stand outside brackets; absent where the statement has none. */
export function updateClauses(sql: string): Partial<Record<'set' | 'from' | 'where' | 'returning', string>> {
  const places = wordsOutside(sql, /^(set|from|where|returning)$/i);
  // `IS DISTINCT FROM` has the word too; an UPDATE's own FROM comes before its WHERE.
  const where = places.find((place) => place.word === 'where');
  return textsBehind(sql, places.filter((place) => place.word !== 'from' || ((!where || place.at < where.at) && !/\bdistinct\s*$/i.test(sql.slice(0, place.at)))));
}

/** The same of an UPDATE or a DELETE; `head` is what stands before that word, which is its WITH. The tables of a DELETE besides its own are behind USING. */
export function rowClauses(sql: string): Partial<Record<'from' | 'using' | 'where', string>> & { head: string } {
  const verb = wordsOutside(sql, /^(update|delete)$/i)[0];
  const own = sql.slice(verb?.at ?? 0);
  const head = sql.slice(0, verb?.at ?? 0);
  return { head, ...(verb?.word === 'delete' ? textsBehind(own, wordsOutside(own, /^(using|where|returning)$/i)) : updateClauses(own)) };
}

/** Of one INSERT … ON CONFLICT what stands before INSERT, which is its WITH, and what says the new rows; null: not found. */
export function insertClauses(sql: string): { head: string; source: string | null } {
  const words = wordsOutside(sql, /^(insert|select|values|with|table|on|conflict)$/i);
  const insert = words.findIndex(({ word }) => word === 'insert');
  const verb = words[insert];
  const begin = words.slice(insert + 1).find(({ word }) => word !== 'on' && word !== 'conflict');
  const end = words.findLast(({ word }, i) => word === 'on' && words[i + 1]?.word === 'conflict');
  if (!verb || !begin || !end) return { head: '', source: null };
  return { head: sql.slice(0, verb.at), source: sql.slice(begin.at, end.at).trim() };
}

/** Such words outside brackets, in their order. */
function wordsOutside(sql: string, pattern: RegExp): Word[] {
  const places: Word[] = [];
  let depth = 0;
  for (const match of sql.matchAll(TOKEN)) {
    const [token] = match;
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (depth === 0 && pattern.test(token)) places.push({ word: token.toLowerCase(), at: match.index, end: match.index + token.length });
  }
  return places;
}

/** What stands behind the first of each word, up to the first of another. */
function textsBehind(sql: string, places: readonly Word[]): Record<string, string> {
  const first = new Map<string, Word>();
  for (const place of places) if (!first.has(place.word)) first.set(place.word, place);
  const ordered = [...first.values()].sort((a, b) => a.at - b.at);
  return Object.fromEntries(ordered.map((place, i) => [place.word, sql.slice(place.end, ordered[i + 1]?.at ?? sql.length).trim().replace(/;\s*$/, '')]));
}
