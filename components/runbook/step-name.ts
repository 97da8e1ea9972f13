/** `Step 2.1: Back up orders`. A text often numbers what it says, and often as the plan does: then the number stands once. */
export function stepName({ number, title, open }: { number: string; title: string; open: boolean }): string {
  const said = new RegExp(String.raw`^(?:step\s+)?${number.replace('.', String.raw`\.`)}(?:[.:)]|\s*[-–—])?\s+(?=\S)`, 'iu');
  return `Step ${number}${open ? ' (still open)' : ''}: ${title.replace(said, '')}`;
}
