import type { Metadata } from 'next';
import { logHref, readLogView } from '#components/audit/address.ts';
import { Log } from '#components/audit/log.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadLog } from '#lib/dal/load-log.ts';

export const metadata: Metadata = { title: 'Log' };

export default async function LogPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const view = readLogView(await searchParams);
  await viewerAt(logHref(view, { before: view.before }));
  const dto = await loadLog({ actor: view.actor ?? undefined, action: view.action ?? undefined, plan: view.plan ?? undefined, since: view.since ?? undefined, before: view.before ?? undefined });
  return <Log dto={dto} view={view} />;
}
