/** Readings that are there are on the screen before the second sentence; whoever sees it waits for a database to be read, and is told so. */
export default function Loading() {
  return (
    <output className="block text-ink-muted" aria-live="polite">
      <span className="block animate-pulse-slow">Comparing…</span>
      <span className="block animate-late">A database that was never read, or that a run has changed since, is read first. Of thousands of tables that takes some seconds.</span>
    </output>
  );
}
