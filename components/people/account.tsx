import { Banner } from '#components/ui/notes.tsx';
import { PageHead, Section } from '#components/ui/page.tsx';
import type { AccountDto } from '#lib/dal/dto/people.ts';
import { ChangePassword } from './change-password.tsx';

/** One’s own account. Whoever has a password that somebody else made is led here from everywhere. */
export function Account({ account }: { account: AccountDto }) {
  const byPassword = account.signsInBy.includes('password');
  return (
    <>
      <PageHead title="Your account" sentence={<p>{account.passwordTemporary ? 'One thing first: a password that only you know.' : 'Roles and group are an admin’s to change; the password is yours alone.'}</p>} />
      {account.passwordTemporary ? (
        <div className="mb-6 max-w-xl">
          <Banner tone="orange" title="Choose a password of your own.">
            Somebody else made the one that you have. What you sign here counts as the word of a second person, so nobody else should be able to sign in as you.
          </Banner>
        </div>
      ) : null}
      {account.passwordTemporary ? null : (
        <Section title="Who you are here">
          <dl className="grid max-w-xl grid-cols-[8rem_1fr] gap-x-4 gap-y-1">
            {[['Name', account.name], ['E-mail', account.email], ['Roles', account.roles.join(', ') || 'none yet: an admin grants them'], ['Signs for', account.group || 'no group'], ['Signs in by', account.signsInBy.join(', ')]].map(([name, value]) => (
              <div key={name} className="col-span-2 grid grid-cols-subgrid">
                <dt className="text-ink-muted">{name}</dt>
                <dd className="min-w-0 break-words">{value}</dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
      <Section title="Password">
        {byPassword ? <ChangePassword email={account.email} temporary={account.passwordTemporary} /> : <p className="text-ink-muted">You have none here: you sign in by single sign-on.</p>}
      </Section>
    </>
  );
}
