import type { Metadata } from 'next';
import { Migrations } from '#components/migrations/migrations.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadMigrations } from '#lib/dal/load-migrations.ts';

export const metadata: Metadata = { title: 'Migrations' };

export default async function FolderPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { folder, target } = await searchParams;
  await viewerAt('/plans/folder');
  return <Migrations dto={await loadMigrations({ folder: first(folder), target: first(target) })} />;
}

function first(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
