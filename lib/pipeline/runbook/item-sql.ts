import { isAct, labelled } from './acts.ts';
import type { Item } from './markdown.ts';
import { saysExpectation } from './said.ts';
import { readSqlPieces } from './sql-pieces.ts';

const FORBIDS = /\b(?:do not|don['’]t|never|no|not|without|instead of|avoid|unless)\b/i;

/**
 * The SQL of a list item, where the item asks for nothing else: `DROP TABLE t;`, `Run: UPDATE …`, or one passage of code in it (`Check that \`SELECT …\` returns 12`). Null where there is
 * none, where it is only spoken of, and where it forbids it.
 */
export function itemSql(item: Pick<Item, 'text' | 'code'>): string | null {
  const [code] = item.code;
  if (code !== undefined && item.code.length === 1 && item.text.includes(code)) {
    const words = item.text.replace(code, ' ').trim();
    const asked = words.replaceAll(/[\W_]+/g, '') === '' || isAct(item.text) || /^(?:run|execute)\b/i.test(words) || (/^\s*SELECT\b/i.test(code) && saysExpectation(words));
    return asked && !FORBIDS.test(words) && isSql(code) ? code : null;
  }
  const { label, rest } = labelled(item.text);
  const said = /^(?:run|execute):?\s+([A-Z][\s\S]*?);?$/i.exec(rest)?.[1] ?? (label === '' || /^(?:run|execute|sql)$/i.test(label) ? rest : '');
  return /^[A-Z]+ \S/.test(said) && isSql(said) ? said : null;
}

/** Whole statements and nothing else. */
export function isSql(text: string): boolean {
  if (!/^\s*\w+\s+\S/.test(text)) return false;
  const pieces = readSqlPieces(text);
  return pieces.length > 0 && pieces.every((piece) => piece.piece === 'statements');
}
