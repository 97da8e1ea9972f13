// One expression, two texts: what the parser makes of an expression depends on how it was written, and the server shows the difference.

const STRING = String.raw`(?:E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*')`;
const ELEMENT = String.raw`${STRING}::(?:character varying|bpchar)`;
/** Strings and quoted names first, so that nothing inside them is taken for an expression. */
const TOKENS = new RegExp(String.raw`\(ARRAY\[(${ELEMENT}(?:, ${ELEMENT})*)\]\)::(text|character varying)\[\]|${STRING}|"(?:[^"]|"")*"`, 'g');

/**
 * The canonical text of a deparsed expression or definition. `x IN ('a', 'b')` over a varchar column is stored with a cast of the whole
 * array, `(ARRAY['a'::character varying])::text[]`; the same condition loaded from that text, as every dump does, comes back with a cast
 * of each element. The parser itself turns the first into the second, so the second is the canonical form.
 */
export function canonicalExpression(text: string): string {
  // Most expressions hold no such thing, and a large schema has a hundred thousand of them.
  if (!text.includes('(ARRAY[')) return text;
  return text.replaceAll(TOKENS, (token, elements: string | undefined, type: string | undefined) =>
    elements === undefined || type === undefined ? token : `ARRAY[${elements.replaceAll(new RegExp(ELEMENT, 'g'), (element) => `(${element})::${type}`)}]`,
  );
}

/** The same for what may be absent. */
export function canonicalOrNull(text: string | null): string | null {
  return text === null ? null : canonicalExpression(text);
}

/** `a, f(b, c)` in alphabetical order; commas inside brackets and strings part nothing. */
export function sortedList(list: string): string {
  const parts = list.match(/(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^,'"()]+)+/g) ?? [];
  return parts.map((part) => part.trim()).toSorted().join(', ');
}
