'use client';
import { signIn } from 'next-auth/react';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { forgetSheet } from '#components/sheet/history.ts';
import { Button } from '#components/ui/button.tsx';
import { TextField } from '#components/ui/field.tsx';
import { ErrorNote } from '#components/ui/notes.tsx';
import type { SignInDto } from '#lib/dal/dto/people.ts';
import { signInProblem } from './problem.ts';

/** With the sheet that was open: no server hears what stands behind the #, and browsers carry it along. */
function whereTo(path: string): string {
  return path.includes('#') ? path : path + window.location.hash;
}

/** Ways in: password, the provider of the house, and in the demo one press per person. */
export function SignIn({ offer, to, problem }: { offer: SignInDto; to: string; problem: string | null }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState(problem);
  const enter = async (provider: string, values: Record<string, string>, mark: string) => {
    setBusy(mark);
    setError(null);
    try {
      const answer = await signIn(provider, { ...values, redirect: false, callbackUrl: whereTo(to) });
      if (!answer || answer.error || !answer.ok) {
        setError(answer?.error ?? 'unknown');
        setBusy(null);
      } else window.location.replace(whereTo(to));
    } catch {
      setError('unreachable');
      setBusy(null);
    }
  };
  const leaveFor = (provider: string) => {
    setError(null);
    // No busy mark: whoever comes back from the provider by the browser's own button finds the page as it was left.
    forgetSheet(new URL(whereTo(to), window.location.href).href);
    signIn(provider, { callbackUrl: whereTo(to) }).catch(() => setError('unreachable'));
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void enter('password', { email: String(form.get('email')), password: String(form.get('password')) }, 'password');
  };
  const said = error === null ? null : signInProblem(error);
  return (
    <div className="grid gap-5">
      {said ? <ErrorNote what={said.sentence} errorId={said.errorId} /> : null}
      {/* A form that is sent before its script has come must not put a password into an address. */}
      <form method="post" onSubmit={submit} className="grid gap-3" aria-label="Sign in">
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <Button type="submit" look="primary" disabled={busy !== null} className="mt-1">
          {busy === 'password' ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      {offer.oidcName ? (
        <Button disabled={busy !== null} onClick={() => leaveFor('oidc')}>
          {`Sign in with ${offer.oidcName}`}
        </Button>
      ) : null}
      {offer.demoPeople.length > 0 ? (
        <section aria-labelledby="demo-people" className="border-t border-line pt-4">
          <h2 id="demo-people" className="font-medium">
            Demo: sign in as
          </h2>
          <ul className="mt-2 grid gap-1.5">
            {offer.demoPeople.map((person) => (
              <li key={person.email}>
                <Button className="h-9 w-full" disabled={busy !== null} onClick={() => enter('demo', { email: person.email }, person.email)}>
                  <span className="flex-1 text-left">
                    <span className="sr-only">Sign in as </span>
                    {busy === person.email ? 'Signing in…' : person.email}
                  </span>
                  <span className="text-sm font-normal text-ink-muted">{person.roles.join(', ')}</span>
                </Button>
              </li>
            ))}
          </ul>
          <p className="mt-2 text-sm text-ink-muted">
            Everyone’s password is <code className="font-mono">countersign</code>. Use two browsers to be two people at once.
          </p>
        </section>
      ) : null}
    </div>
  );
}
