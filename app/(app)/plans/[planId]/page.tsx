import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PlanView } from '#components/plan/plan-view.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadPlan } from '#lib/dal/load-plan.ts';

export const metadata: Metadata = { title: 'Plan' };

interface PlanPageProps {
  params: Promise<{ planId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function PlanPage({ params, searchParams }: PlanPageProps) {
  const { planId } = await params;
  const { phase } = await searchParams;
  const viewer = await viewerAt(`/plans/${encodeURIComponent(planId)}${typeof phase === 'string' ? `?phase=${encodeURIComponent(phase)}` : ''}`);
  const dto = await loadPlan(planId);
  const wanted = dto.phases.find((each) => each.phase.id === phase);
  // A decision may take a phase out of a plan while somebody looks at it, or keeps its address.
  const open = wanted ?? dto.phases.find((each) => each.phase.id === dto.currentPhaseId) ?? dto.phases.at(-1);
  if (!open) notFound();
  return <PlanView dto={dto} open={open} viewer={viewer} lost={phase !== undefined && !wanted} />;
}
