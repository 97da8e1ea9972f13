import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Account } from '#components/people/account.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadAccount } from '#lib/dal/load-viewer.ts';

export const metadata: Metadata = { title: 'Your account' };

export default async function AccountPage() {
  await viewerAt('/account');
  return <Account account={(await loadAccount()) ?? notFound()} />;
}
