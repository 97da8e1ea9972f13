import type { Fence } from './markdown.ts';

export interface Spot {
  line: number;
  column: number;
}

/** Tells where in the whole text an offset of a fence lies. Indentation of a list, which the parser takes off, counts into the column. */
export function spotsOf(fence: Pick<Fence, 'text' | 'line'>, lines: readonly string[]): (at: number) => Spot {
  const starts = [0];
  for (let at = fence.text.indexOf('\n'); at !== -1; at = fence.text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    const row = rowAt(starts, at);
    const start = starts[row] ?? 0;
    const end = starts[row + 1] === undefined ? fence.text.length : (starts[row + 1] ?? 0) - 1;
    const whole = lines[fence.line + row - 1] ?? '';
    const inside = fence.text.slice(start, end);
    const taken = whole.endsWith(inside) ? Array.from(whole.slice(0, whole.length - inside.length)).length : 0;
    return { line: fence.line + row, column: taken + Array.from(fence.text.slice(start, at)).length + 1 };
  };
}

function rowAt(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
