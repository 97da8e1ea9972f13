import type { Metadata } from 'next';
import { PlanList } from '#components/plan/plan-list.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/notes.tsx';
import { PageHead } from '#components/ui/page.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadPlans } from '#lib/dal/load-home.ts';

export const metadata: Metadata = { title: 'Plans' };

export default async function PlansPage() {
  const viewer = await viewerAt('/plans');
  const plans = await loadPlans();
  const begin = viewer.roles.includes('author') ? (
    <ButtonLink look="primary" href="/plans/new">
      New plan
    </ButtonLink>
  ) : null;
  return (
    <>
      <PageHead title="Plans" action={plans.length > 0 ? begin : null} />
      {plans.length > 0 ? (
        <PlanList plans={plans} />
      ) : (
        <EmptyState title="No plans yet" action={begin}>
          A plan comes from a comparison, whose phases Countersign writes, from a runbook, from a migration folder, or from your hands.
        </EmptyState>
      )}
    </>
  );
}
