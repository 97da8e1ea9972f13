/** The frame stands at once; what comes into it is not known yet, so nothing is drawn in its place. */
export default function Loading() {
  return (
    <output className="block animate-pulse-slow text-ink-muted" aria-live="polite">
      Loading…
    </output>
  );
}
