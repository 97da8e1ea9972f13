import { count } from '#components/ui/format.ts';
import { PageHead, Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PersonAdminDto, PersonDto, Role } from '#lib/dal/dto/people.ts';
import { DisableForm, GroupForm, NewPerson, ResetPassword, RolesForm } from './people-forms.tsx';

const MADE = { account: 'account made by', password: 'password set by', address: 'address set by' };

/** Who may do what. Roles count from the next command on: they are read from the database each time. */
export function People({ people, roles, viewer }: { people: readonly PersonAdminDto[]; roles: readonly Role[]; viewer: PersonDto }) {
  const groups = [...new Set(people.flatMap(({ group }) => (group === '' ? [] : [group])))].toSorted();
  return (
    <>
      <PageHead title="People" sentence={<p>A person may hold several roles. Nobody approves a phase of a plan that they wrote or edited, whatever their roles.</p>} action={<NewPerson roles={roles} />} />
      <Section title={count(people.length, 'person', 'people')}>
        <ul className="border-t border-line">
          {people.map((person) => (
            <li key={person.id} className="grid gap-x-6 gap-y-2 border-b border-line py-2 md:grid-cols-[16rem_1fr_auto] md:items-center">
              <div className="min-w-0">
                <p className={person.disabledAt ? 'font-medium text-ink-muted line-through' : 'font-medium'}>
                  {person.name}
                  {person.id === viewer.id ? <span className="font-normal text-ink-muted"> (you)</span> : null}
                </p>
                <p className="text-sm text-ink-muted">
                  <span className="break-all">{person.email}</span> · <span className="whitespace-nowrap">{person.signsInBy.join(', ') || 'cannot sign in'}</span>
                </p>
                {person.madeBy.map(({ what, by, at }) => (
                  <p key={what} className="text-sm text-ink-muted">
                    {MADE[what]} {by} <Time at={at} />
                  </p>
                ))}
                {person.disabledAt ? (
                  <StateMark tone="red" plain>
                    disabled
                  </StateMark>
                ) : null}
                {person.passwordTemporary && !person.disabledAt ? (
                  <StateMark tone="grey" plain>
                    no password of their own yet
                  </StateMark>
                ) : null}
              </div>
              <div className="flex flex-wrap items-center gap-x-8 gap-y-2">
                <RolesForm personId={person.id} name={`${person.name}, ${person.email}`} held={person.roles} roles={roles} />
                <GroupForm personId={person.id} name={`${person.name}, ${person.email}`} held={person.group} groups={groups} />
              </div>
              <div className="flex flex-wrap items-center gap-1 md:justify-end">
                {person.id === viewer.id || person.disabledAt || !person.signsInBy.includes('password') ? null : <ResetPassword personId={person.id} name={`${person.name}, ${person.email}`} />}
                <DisableForm personId={person.id} name={`${person.name}, ${person.email}`} disabled={person.disabledAt !== null} />
              </div>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
