import type { Metadata } from 'next';
import { Home } from '#components/home/home.tsx';
import { PageHead } from '#components/ui/page.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadHome } from '#lib/dal/load-home.ts';

export const metadata: Metadata = { title: 'Home' };

export default async function HomePage() {
  const viewer = await viewerAt('/');
  return (
    <>
      <PageHead title="Home" />
      <Home home={await loadHome()} mayAuthor={viewer.roles.includes('author')} />
    </>
  );
}
