import type { Metadata } from 'next';
import { PlanText } from '#components/runbook/plan-text.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadPlanText } from '#lib/dal/load-plan-text.ts';

export const metadata: Metadata = { title: 'Text of the plan' };

export default async function PlanTextPage({ params }: { params: Promise<{ planId: string }> }) {
  const { planId } = await params;
  await viewerAt(`/plans/${encodeURIComponent(planId)}/text`);
  return <PlanText dto={await loadPlanText(planId)} />;
}
