import type { Fence } from './markdown.ts';
import { printedIn } from './printed.ts';

/** `shop=> `, `shop=# ` and, in a transaction, `shop=*# `; in further lines of a statement another sign stands for the equals sign. */
const PROMPT = /^[ \t]*([\w.-]{1,63})=[*!?]?[#>] /;
const FURTHER = String.raw`[-=*('"$!^][*!?]?[#>](?: |$)`;

/**
 * A passage that shows what somebody typed in psql and what came back: what was typed, as SQL, with the tables that psql printed. Everything else has blanks in its place, so that every offset
 * stays. Other passages as they are.
 */
export function typedIn(fence: Fence): Fence {
  const first = fence.text.split('\n').find((line) => line.trim() !== '') ?? '';
  const name = PROMPT.exec(first)?.[1];
  if (name === undefined) return fence;
  const prompt = new RegExp(String.raw`^[ \t]*${name.replaceAll('.', String.raw`\.`)}${FURTHER}`);
  const tables = printedIn(fence.text, true);
  let at = 0;
  const lines = fence.text.split('\n').map((line) => {
    const start = at;
    at += line.length + 1;
    const typed = prompt.exec(line)?.[0];
    if (typed !== undefined) return ' '.repeat(typed.length) + line.slice(typed.length);
    return tables.some((table) => start >= table.from && start <= table.to) ? line : ' '.repeat(line.length);
  });
  return { ...fence, language: 'sql', session: true, text: lines.join('\n') };
}
