/** Somebody must say whether these are one. Blue, because it waits for an answer. */
export function RenameMark({ moves }: { moves: boolean }) {
  return <span className="inline-block shrink-0 rounded bg-blue-tint px-1 font-sans text-xs font-medium whitespace-nowrap text-blue-ink">{moves ? 'moved?' : 'rename?'}</span>;
}
