import type { Metadata } from 'next';
import { ReportView } from '#components/report/report-view.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadReport } from '#lib/dal/load-report.ts';

export const metadata: Metadata = { title: 'Report' };

export default async function ReportPage({ params }: { params: Promise<{ planId: string }> }) {
  const { planId } = await params;
  await viewerAt(`/plans/${encodeURIComponent(planId)}/report`);
  return <ReportView report={await loadReport(planId)} />;
}
