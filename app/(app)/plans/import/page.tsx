import type { Metadata } from 'next';
import { ImportRunbook } from '#components/runbook/import-runbook.tsx';
import { PageHead } from '#components/ui/page.tsx';
import { EmptyState } from '#components/ui/notes.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadTargets } from '#lib/dal/load-targets.ts';

export const metadata: Metadata = { title: 'Plan from a runbook' };

export default async function ImportPage() {
  const viewer = await viewerAt('/plans/import');
  const { databases } = await loadTargets();
  return (
    <>
      <PageHead title="Plan from a runbook" sentence={<p>The text is read into phases and steps. Nothing is run: every phase is checked, measured and signed first, like any other.</p>} />
      {viewer.roles.includes('author') ? <ImportRunbook databases={databases} /> : <EmptyState title="Only an author makes plans">An admin gives the role on the page People.</EmptyState>}
    </>
  );
}
