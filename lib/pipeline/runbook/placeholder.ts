/** Something that stands in a text for what the reader is to put there. */
export interface Placeholder {
  word: string;
  at: number;
}

const IN_ANY: readonly RegExp[] = [
  /\byour_\w+/i, /\bmy_(?:table|column|schema|database|index)(?:_name)?\b/i, /\b\w+_here\b/i, /\b\w+_(?:YYYYMMDD|YYYY_MM_DD|HHMMSS)\w*/, /\b(?:REPLACE_ME|CHANGE_?ME|FIXME|XXXX+)\b/, /'<[^'<>\n]{1,60}>'/, /\{\{\s*[\w.]+\s*\}\}/,
];
const IN_BROKEN: readonly RegExp[] = [/\(\s*(?:\.\.\.|…)\s*\)/, /\.\.\.|…/, /<[A-Za-z][\w -]{0,40}>/, /\$\{?[A-Z_a-z]\w*\}?(?![\w$])/, /(?<![:\w]):(?:'\w+'|"\w+"|[A-Za-z_]\w*)/, /\[[A-Za-z][\w -]*\]/, /@[A-Za-z]\w*@/, /\?/];

/** The first placeholder in SQL; in a text that does not parse, forms count too that could be SQL elsewhere. Comments are not looked at. */
export function placeholderIn(sql: string, parses: boolean): Placeholder | null {
  const text = sql.replaceAll(/--[^\n]*/g, (comment) => ' '.repeat(comment.length));
  for (const pattern of parses ? IN_ANY : [...IN_ANY, ...IN_BROKEN]) {
    const found = pattern.exec(text);
    if (found) return { word: found[0], at: found.index };
  }
  return null;
}

/** A sentence where what does not parse is what psql or a template would have put there before a server reads it; empty otherwise. */
export function placeholderAt(text: string, at: number): string {
  const from = Math.max(0, at - 1);
  const held = placeholderIn(text.slice(from, at + 80), false);
  return held && held.at <= at - from ? ` ${held.word} is a placeholder: put there what is meant.` : '';
}

/** Placeholders in the commands of a shell, whose own variables are none. */
export function placeholdersInCommands(text: string): Placeholder[] {
  const plain = text.replaceAll(/^\s*#.*$/gm, (remark) => ' '.repeat(remark.length));
  return [...IN_ANY, /<[A-Za-z][\w-]*>/].flatMap((pattern) => {
    const found = pattern.exec(plain);
    return found ? [{ word: found[0], at: found.index }] : [];
  });
}
