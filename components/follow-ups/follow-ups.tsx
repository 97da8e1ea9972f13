import { ButtonLink } from '#components/ui/button.tsx';
import { Section } from '#components/ui/page.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { DueDto, FollowUpDto } from '#lib/dal/dto/home.ts';
import { AddFollowUp, EndFollowUp, TakeFollowUp } from './follow-up-forms.tsx';

/** What is still due after a plan, and what was. */
export function FollowUps({ dto, viewerId }: { dto: PlanDto; viewerId: string }) {
  const { followUps, followUpOwners: owners } = dto;
  const may = owners.length > 0;
  if (followUps.length === 0 && !may) return null;
  const open = followUps.filter((one) => one.state === 'open');
  const ended = followUps.filter((one) => one.state !== 'open');
  return (
    <div id="follow-ups" className="mt-6 scroll-mt-16">
      <Section title={open.length > 0 ? `Follow-ups (${open.length})` : 'Follow-ups'} aside={may ? <AddFollowUp planId={dto.plan.id} owners={owners} /> : null}>
        {followUps.length === 0 ? <p className="text-ink-muted">Nothing is left to do after this plan. What you add stands on Home until it is done.</p> : null}
        <ul aria-label="Follow-ups" className={followUps.length > 0 ? 'border-t border-line' : ''}>
          {open.map((one) => (
            <Open key={one.key} one={one} may={may} viewerId={viewerId} />
          ))}
          {ended.map((one) => (
            <li key={one.key} className="border-b border-line py-2 text-ink-muted">
              <p className="flex items-start gap-2 wrap-anywhere">
                <StateShape tone={one.state === 'done' ? 'green' : 'grey'} className="mt-1" />
                <span className={one.state === 'dropped' ? 'line-through' : ''}>{one.title}</span>
              </p>
              {one.end ? (
                <p className="pl-5 text-sm wrap-anywhere">
                  {one.state}
                  {one.end.by === null ? '' : ` by ${one.end.by}`} <Time at={one.end.at} />: {one.end.note}
                </p>
              ) : null}
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

function Open({ one, may, viewerId }: { one: FollowUpDto; may: boolean; viewerId: string }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
      <div className="min-w-0 flex-1 basis-72 max-sm:basis-full">
        <p className="flex items-start gap-2 wrap-anywhere">
          <StateShape tone={one.overdue ? 'blue' : 'grey'} className="mt-1" />
          {one.title}
        </p>
        <p className="pl-5 text-sm text-ink-muted">
          <When one={one} />
          <Whose one={one} />
        </p>
      </div>
      {may && one.phaseId === null && one.owner?.id !== viewerId ? <TakeFollowUp one={one} /> : null}
      {may ? <EndFollowUp one={one} /> : null}
    </li>
  );
}

function When({ one }: { one: FollowUpDto }) {
  if (one.dueAt === null) return one.phaseId === null ? 'once every phase has run' : 'once the phase that it waits for has run';
  return (
    <>
      {one.overdue ? <span className="font-medium text-blue-ink">overdue</span> : 'due'} <Time at={one.dueAt} />
    </>
  );
}

function Whose({ one }: { one: FollowUpDto }) {
  return (
    <>
      {one.owner ? ` · ${one.owner.name}` : ''}
      {one.phaseId === null ? '' : ' · closes when its phase has run'}
      {one.addedBy === null ? '' : ` · added by ${one.addedBy}`}
    </>
  );
}

/** The same of all plans, on Home: what has a time, the earliest first. */
export function Due({ due, may }: { due: readonly DueDto[]; may: boolean }) {
  if (due.length === 0) return null;
  const overdue = due.filter((one) => one.overdue).length;
  return (
    <Section
      title={
        <span className="flex items-center gap-2">
          <StateShape tone={overdue > 0 ? 'blue' : 'grey'} />
          {`Due (${due.length})`}
        </span>
      }
      aside={overdue > 0 ? `${overdue} overdue` : null}
    >
      <ul className="border-t border-line">
        {due.map((one) => (
          <li key={`${one.planId} ${one.key}`} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
            <div className="min-w-0 flex-1 basis-72 max-sm:basis-full">
              <p className="wrap-anywhere">
                <span className="font-medium">{one.title}</span>
              </p>
              <p className="wrap-anywhere text-ink-muted">
                {one.planName}
                {one.owner ? ` · ${one.owner.name}` : ''}
              </p>
            </div>
            <span className="text-sm text-ink-muted max-sm:mr-auto">
              <When one={one} />
            </span>
            {may && one.phaseId === null ? <EndFollowUp one={one} /> : null}
            <ButtonLink size="sm" href={one.href} data-row="" aria-label={`Open: ${one.planName}, ${one.title}`}>
              Open
            </ButtonLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}
