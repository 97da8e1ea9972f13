import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Wordmark } from '#components/shell/wordmark.tsx';
import { safePath } from '#components/sign-in/problem.ts';
import { SignIn } from '#components/sign-in/sign-in.tsx';
import { loadSignIn, loadViewer } from '#lib/dal/load-viewer.ts';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const params = await searchParams;
  const to = safePath(typeof params.callbackUrl === 'string' ? params.callbackUrl : undefined);
  if (await loadViewer()) redirect(to);
  const offer = await loadSignIn();
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-sm content-center gap-6 px-4 py-10">
      <header>
        <h1 className="text-xl">
          <Wordmark />
        </h1>
        <p className="mt-1 text-ink-muted">Postgres migrations, with two pairs of eyes on every phase.</p>
      </header>
      <noscript>
        <p>Countersign needs JavaScript, which this browser does not run for it.</p>
      </noscript>
      <SignIn offer={offer} to={to} problem={typeof params.error === 'string' ? params.error : null} />
    </main>
  );
}
