// `x IN ('a', 'b')` is stored with a cast of the whole array where the column's type has no operator of its own, and comes back from its own text with a cast of each element.
import { CLOSED } from './closed-text.ts';

const TOKENS = new RegExp(String.raw`${CLOSED}|[()[\],]`, 'g');
/** What stands behind the array: `)::text[]`, `)::character varying(10)[]`. */
const CAST = /\)::((?:(?:"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)\.)?(?:"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)(?: varying| precision)?(?:\([\d,]+\))?(?: with(?:out)? time zone)?)\[\]/y;
const OPENING = '(ARRAY[';

/** An `ARRAY[…]` of the text: where its square brackets and the commas between its elements stand. */
interface ArrayLiteral {
  from: number;
  to: number;
  commas: number[];
}

interface Edit {
  at: number;
  /** How many characters go. */
  goes: number;
  comes: string;
}

/** `(ARRAY[a, b])::text[]` as `ARRAY[(a)::text, (b)::text]`, arrays of arrays too: what the parser makes of the first. */
export function withElementCasts(text: string): string {
  const arrays = arraysOf(text);
  return edited(text, castArrays(text, arrays).flatMap(({ array, type, edits }) => [...edits, ...elementCasts(text, arrays, array, type)]));
}

/** A text of the server's in which the cast of a whole array is left to the operator: read again it is the same condition to the server, which the text as it stands is not. */
export function withoutArrayCasts(text: string): string {
  return text.includes(OPENING) ? edited(text, castArrays(text, arraysOf(text)).flatMap(({ edits }) => edits)) : text;
}

function arraysOf(text: string): ArrayLiteral[] {
  const open: ArrayLiteral[] = [];
  const found: ArrayLiteral[] = [];
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '(' || token === '[') open.push({ from: index, to: -1, commas: [] });
    else if (token === ',') open.at(-1)?.commas.push(index);
    else if (token === ')' || token === ']') {
      const here = open.pop();
      if (here && token === ']' && text.endsWith('ARRAY[', here.from + 1)) found.push({ ...here, to: index });
    }
  }
  return found;
}

/** Arrays with a cast of the whole behind them, and what takes it away. */
function castArrays(text: string, arrays: readonly ArrayLiteral[]): { array: ArrayLiteral; type: string; edits: Edit[] }[] {
  return arrays.flatMap((array) => {
    const bracket = array.from + 1 - OPENING.length;
    CAST.lastIndex = array.to + 1;
    const cast = text.startsWith(OPENING, bracket) ? CAST.exec(text) : null;
    if (cast?.[1] === undefined) return [];
    return [{ array, type: cast[1], edits: [{ at: bracket, goes: 1, comes: '' }, { at: array.to + 1, goes: cast[0].length, comes: '' }] }];
  });
}

function elementCasts(text: string, arrays: readonly ArrayLiteral[], { from, to, commas }: ArrayLiteral, type: string): Edit[] {
  const ends = [...commas, to];
  return ends.flatMap((end, nth) => {
    const start = (ends[nth - 1] ?? from) + (nth === 0 ? 1 : 2);
    if (start >= end) return [];
    const inner = text.startsWith('ARRAY[', start) ? arrays.find((array) => array.to === end - 1) : undefined;
    return inner ? elementCasts(text, arrays, inner, type) : [{ at: start, goes: 0, comes: '(' }, { at: end, goes: 0, comes: `)::${type}` }];
  });
}

function edited(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    result += text.slice(at, edit.at) + edit.comes;
    at = edit.at + edit.goes;
  }
  return result + text.slice(at);
}
