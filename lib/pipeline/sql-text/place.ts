export interface SqlFile {
  /** As a person knows it: `0003_orders.sql`. */
  name: string;
  text: string;
  /** Which file each stretch of the text comes from, where it was put together from several; in order. */
  parts?: readonly TextPart[];
}

/** From offset `at` of a text on it is that of `file`, from offset `from` there. */
export interface TextPart {
  at: number;
  from: number;
  file: SqlFile;
}

export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Line and column, both from 1; a column is a character as a person counts it, whatever its bytes. */
export function placeOf(file: SqlFile, at: number): Place {
  const part = file.parts?.findLast((each) => each.at <= at);
  if (part) return placeOf(part.file, Math.min(part.from + at - part.at, part.file.text.length));
  const before = file.text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { file: file.name, line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1 };
}

export function placeText({ file, line, column }: Place): string {
  return `${file}, line ${line}, column ${column}`;
}
