'use client';
import { useRouter } from 'next/navigation';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { TextField } from '#components/ui/field.tsx';
import { changePassword } from '#lib/actions/people.ts';

/** With a new password every session ends, this one too: it begins again at once with the new one. */
export function ChangePassword({ email, temporary }: { email: string; temporary: boolean }) {
  const router = useRouter();
  const [password, setPassword] = useState('');
  /** Counts up, so that the fields are empty again. */
  const [changes, setChanges] = useState(0);
  const again = async () => {
    const answer = await signIn('password', { email, password, redirect: false }).catch(() => undefined);
    if (!answer?.ok) return window.location.assign('/sign-in');
    if (temporary) return window.location.assign('/');
    setPassword('');
    setChanges(changes + 1);
    router.refresh();
  };
  return (
    <ActionForm key={changes} action={changePassword} onDone={() => void again()} className="grid max-w-sm grid-cols-1 gap-3" label="Change the password">
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <TextField label={temporary ? 'The password that you were given' : 'The password that you have now'} name="current" type="password" autoComplete="current-password" required />
      <TextField label="New password" name="password" type="password" autoComplete="new-password" required minLength={12} maxLength={1024} value={password} onChange={(event) => setPassword(event.target.value)} hint="At least 12 characters. Only its argon2id hash is kept." />
      <TextField label="New password, again" name="again" type="password" autoComplete="new-password" required />
      <div>
        <Submit>{temporary ? 'Choose this password' : 'Change the password'}</Submit>
      </div>
    </ActionForm>
  );
}
