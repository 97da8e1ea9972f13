import type { Metadata } from 'next';
import { VersionView } from '#components/plan/version-view.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadVersion } from '#lib/dal/load-version.ts';

export const metadata: Metadata = { title: 'Version of a plan' };

interface VersionPageProps {
  params: Promise<{ planId: string; version: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function VersionPage({ params, searchParams }: VersionPageProps) {
  const { planId, version } = await params;
  const { since } = await searchParams;
  const asked = typeof since === 'string' ? since : '';
  await viewerAt(`/plans/${encodeURIComponent(planId)}/versions/${encodeURIComponent(version)}${asked === '' ? '' : `?since=${encodeURIComponent(asked)}`}`);
  return <VersionView dto={await loadVersion(planId, version, asked)} />;
}
