import type { Metadata } from 'next';
import { History } from '#components/databases/history.tsx';
import { RefusedView } from '#components/refused-view.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadHistory } from '#lib/dal/load-history.ts';

interface HistoryPageProps {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: HistoryPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function HistoryPage({ params }: HistoryPageProps) {
  const { name } = await params;
  await viewerAt(`/databases/${name}`);
  const dto = await loadHistory(decodeURIComponent(name));
  return 'refused' in dto ? <RefusedView title="No such database" dto={dto} /> : <History dto={dto} />;
}
