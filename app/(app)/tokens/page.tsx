import type { Metadata } from 'next';
import { Tokens } from '#components/tokens/tokens.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadTokens } from '#lib/dal/load-tokens.ts';

export const metadata: Metadata = { title: 'Tokens' };

export default async function TokensPage() {
  await viewerAt('/tokens');
  return <Tokens tokens={await loadTokens()} />;
}
