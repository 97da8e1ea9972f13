import type { Metadata } from 'next';
import { NewPlan } from '#components/plan/new-plan.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadTargets } from '#lib/dal/load-targets.ts';

export const metadata: Metadata = { title: 'New plan' };

export default async function NewPlanPage() {
  const viewer = await viewerAt('/plans/new');
  const { databases } = await loadTargets();
  return <NewPlan databases={databases} mayWrite={viewer.roles.includes('author')} />;
}
