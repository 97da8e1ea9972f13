/** What an exclusion constraint compares: of no two rows may all the operators say yes. */
export interface ExclusionParts {
  by: readonly { sql: string; operator: string }[];
  /** Only rows where; null: all. */
  where: string | null;
}

/**
 * The parts of `EXCLUDE USING method (… WITH operator, …) WHERE (…)` as the server writes it; null where an element names a collation or an operator class, which stand in the text
 * as if they were of the expression.
 */
export function exclusionParts(definition: string): ExclusionParts | null {
  const inside = bracketAt(definition, definition.indexOf('('));
  if (!definition.startsWith('EXCLUDE USING ') || inside === null) return null;
  const by = listParts(inside).map((part) => ELEMENT.exec(part)?.groups);
  if (by.length === 0 || by.some((groups) => !groups)) return null;
  const after = definition.slice(definition.indexOf(inside) + inside.length + 1);
  const where = after.startsWith(' WHERE (') ? bracketAt(after, 7) : null;
  return { by: by.map((groups) => ({ sql: groups?.['sql'] ?? '', operator: groups?.['operator'] ?? '' })), where: where === null ? null : `(${where})` };
}

/** A column, an expression in brackets or a call, and nothing else before WITH. */
const ELEMENT = /^(?<sql>"(?:[^"]|"")*"|[a-z_][\w$]*|\(.*\)|[a-z_"][\w$."]*\(.*\)) WITH (?<operator>OPERATOR\(.*\)|[^\w\s]+)$/s;
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]/g;

/** What stands between the bracket at this place and the one that ends it. */
export function bracketAt(text: string, at: number): string | null {
  if (text[at] !== '(') return null;
  let depth = 0;
  for (const { 0: token, index } of text.slice(at).matchAll(TOKEN)) {
    if (token === '(') depth += 1;
    else if (token === ')' && (depth -= 1) === 0) return text.slice(at + 1, at + index);
  }
  return null;
}

/** Parts between commas that stand in no bracket, string or quoted name. */
export function listParts(text: string): string[] {
  const cuts: number[] = [];
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === ',' && depth === 0) cuts.push(index);
  }
  return [...cuts, text.length].map((cut, i) => text.slice(i === 0 ? 0 : (cuts[i - 1] ?? 0) + 1, cut).trim());
}
