/** Nothing inside these is a word of the statement. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|[()]|\b[A-Za-z_]\w*\b/g;

/** The texts behind the words SET, FROM, WHERE and RETURNING of one UPDATE, where they stand outside brackets; absent where the statement has none. */
export function updateClauses(sql: string): Partial<Record<'set' | 'from' | 'where' | 'returning', string>> {
  const places: { word: string; at: number; end: number }[] = [];
  let depth = 0;
  for (const match of sql.matchAll(TOKEN)) {
    const [token] = match;
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (depth === 0 && /^(set|from|where|returning)$/i.test(token)) places.push({ word: token.toLowerCase(), at: match.index, end: match.index + token.length });
  }
  // `IS DISTINCT FROM` has the word too; an UPDATE's own FROM comes before its WHERE.
  const where = places.find((place) => place.word === 'where');
  const own = places.filter((place) => place.word !== 'from' || ((!where || place.at < where.at) && !/\bdistinct\s*$/i.test(sql.slice(0, place.at))));
  const first = new Map<string, (typeof own)[number]>();
  for (const place of own) if (!first.has(place.word)) first.set(place.word, place);
  const ordered = [...first.values()].sort((a, b) => a.at - b.at);
  return Object.fromEntries(ordered.map((place, i) => [place.word, sql.slice(place.end, ordered[i + 1]?.at ?? sql.length).trim().replace(/;\s*$/, '')]));
}
