/** Two strokes: the first signature and the one that counters it. */
export function Wordmark() {
  return (
    <span className="flex items-center gap-2 font-semibold tracking-tight">
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path d="M2.5 11.5l4 4L17 4.5" fill="none" stroke="var(--line-strong)" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" transform="translate(-1 -2)" />
        <path d="M2.5 11.5l4 4L17 4.5" fill="none" stroke="var(--accent)" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" transform="translate(1 2)" />
      </svg>
      Countersign
    </span>
  );
}
