import type { Metadata } from 'next';
import { Policy } from '#components/policy/policy.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadPolicy } from '#lib/dal/load-policy.ts';

export const metadata: Metadata = { title: 'Policy' };

export default async function PolicyPage() {
  await viewerAt('/policy');
  return <Policy policy={await loadPolicy()} />;
}
