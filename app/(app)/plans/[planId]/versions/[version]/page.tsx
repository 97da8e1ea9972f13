import type { Metadata } from 'next';
import { VersionView } from '#components/plan/version-view.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadVersion } from '#lib/dal/load-version.ts';

export const metadata: Metadata = { title: 'Version of a plan' };

interface VersionPageProps {
  params: Promise<{ planId: string; version: string }>;
}

export default async function VersionPage({ params }: VersionPageProps) {
  const { planId, version } = await params;
  await viewerAt(`/plans/${encodeURIComponent(planId)}/versions/${encodeURIComponent(version)}`);
  return <VersionView dto={await loadVersion(planId, version)} />;
}
