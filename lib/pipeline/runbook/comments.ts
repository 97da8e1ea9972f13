/** A comment line of a text, without its mark. */
export interface Comment {
  text: string;
  at: number;
  /** Something else stands before it in the line. */
  trailing: boolean;
  /** An empty line stands before it. */
  apart: boolean;
}

/** The comments of a stretch between two statements. */
export function commentsIn(text: string, from: number, to: number): Comment[] {
  const comments: Comment[] = [];
  let at = from;
  while (at < to) {
    const end = lineEnd(text, at, to);
    const line = text.slice(at, end);
    const mark = line.search(/--|\/\*/);
    if (mark >= 0 && line.startsWith('/*', mark)) {
      const close = text.indexOf('*/', at + mark);
      const stop = close === -1 || close > to ? to : close;
      comments.push(...blockLines(text, at + mark + 2, stop, trails(text, at + mark)));
      at = Math.min(to, stop + 2);
      continue;
    }
    if (mark >= 0) comments.push({ text: line.slice(mark).replace(/^-+[ \t]?/, '').trimEnd(), at: at + mark, trailing: trails(text, at + mark), apart: isApart(text, at + mark) });
    at = end + 1;
  }
  return comments;
}

const QUOTED_OR_REMARK = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** The comments in the middle of a statement; what only looks like one in quotes is none. */
export function remarksWithin(text: string, from: number, to: number): Comment[] {
  const remarks = [...text.slice(from, to).matchAll(QUOTED_OR_REMARK)].filter(([found]) => /^(?:--|\/\*)/.test(found));
  return remarks.flatMap((found) => commentsIn(text, from + found.index, from + found.index + found[0].length));
}

function blockLines(text: string, from: number, to: number, trailing: boolean): Comment[] {
  const comments: Comment[] = [];
  let at = from;
  for (const line of text.slice(from, to).split('\n')) {
    const words = line.replace(/^\s*\*?\s?/, '').trim();
    if (words !== '') comments.push({ text: words, at, trailing: trailing && comments.length === 0, apart: comments.length === 0 && isApart(text, from) });
    at += line.length + 1;
  }
  return comments;
}

function lineEnd(text: string, at: number, to: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 || end > to ? to : end;
}

function lineBefore(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}

function trails(text: string, at: number): boolean {
  return lineBefore(text, at).trim() !== '';
}

function isApart(text: string, at: number): boolean {
  const start = text.lastIndexOf('\n', at - 1);
  return start <= 0 || text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === '';
}
