import type { Metadata } from 'next';
import { Databases } from '#components/databases/databases.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadDatabases } from '#lib/dal/load-databases.ts';

export const metadata: Metadata = { title: 'Databases' };

export default async function DatabasesPage() {
  await viewerAt('/databases');
  return <Databases databases={await loadDatabases()} />;
}
