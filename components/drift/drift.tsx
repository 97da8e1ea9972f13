import { Link } from '#components/ui/link.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { exactNumber } from '#components/ui/format.ts';
import { Section } from '#components/ui/page.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DriftDto, DriftItemDto } from '#lib/dal/dto/home.ts';
import { AnswerDrift } from './answer-drift.tsx';

/** What changed in the databases between two readings: what nobody planned first, with the names of what it was. */
export function Drift({ drift, mayAnswer }: { drift: DriftDto; mayAnswer: boolean }) {
  const { outside, planned, checks } = drift;
  if (checks.every((check) => check.checkedAt === null)) return null;
  return (
    <Section
      title={
        <span className="flex items-center gap-2">
          <StateShape tone={outside.length > 0 ? 'orange' : 'grey'} />
          {outside.length > 0 ? `Drift (${outside.length})` : 'No drift'}
        </span>
      }
      aside={<Checks checks={checks} />}
    >
      {checks.map((check) =>
        check.trouble === null ? null : (
          <p key={check.database} className="mb-2 text-red-ink">
            {check.database} could not be looked at: {check.trouble}
          </p>
        ),
      )}
      {outside.length + planned.length > 0 ? (
        <ul className="border-t border-line">
          {[...outside, ...planned].map((item) => (
            <Item key={item.id} item={item} mayAnswer={mayAnswer} />
          ))}
        </ul>
      ) : null}
    </Section>
  );
}

function Checks({ checks }: { checks: DriftDto['checks'] }) {
  const read = checks.flatMap(({ database, checkedAt }) => (checkedAt === null ? [] : [{ database, checkedAt }]));
  return (
    <span>
      {read.map(({ database, checkedAt }, index) => (
        <span key={database} className="whitespace-nowrap">
          {index === 0 ? '' : ' · '}
          <span className="font-mono">{database}</span> read <Time at={checkedAt} />
        </span>
      ))}
    </span>
  );
}

function Item({ item, mayAnswer }: { item: DriftItemDto; mayAnswer: boolean }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
      <div className="min-w-0 flex-1 basis-72 max-sm:basis-full">
        <p>
          <span className="font-mono font-medium">{item.database}</span>{' '}
          <span className="text-ink-muted">
            {sentence(item)} since <Time at={item.since} />
          </span>
        </p>
        {/* What a plan did stands in its report. */}
        {item.outside > 0 ? (
          <p className="font-mono text-sm wrap-anywhere text-ink-muted">
            {item.names.join(', ')}
            {more(item) > 0 ? ` and ${exactNumber(more(item))} more` : ''}
          </p>
        ) : null}
        {item.runs.map((run) => (
          <p key={run.href} className="text-sm text-ink-muted">
            <Link href={run.href} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
              {run.what}
            </Link>
            , run by {run.by} <Time at={run.at} />
          </p>
        ))}
      </div>
      <span className="flex gap-2 max-sm:mr-auto">
        {item.outside > 0 && mayAnswer ? <AnswerDrift driftId={item.id} database={item.database} /> : null}
        <ButtonLink size="sm" href={item.href} data-row="" aria-label={`Look at what changed in ${item.database}`}>
          Look
        </ButtonLink>
      </span>
    </li>
  );
}

function more(item: DriftItemDto): number {
  return item.outside - item.names.length;
}

function things(count: number): string {
  return `${exactNumber(count)} ${count === 1 ? 'difference' : 'differences'}`;
}

function sentence({ outside, differences }: DriftItemDto): string {
  if (outside === 0) return `changed by plan: ${things(differences)}`;
  return outside === differences ? `changed outside every plan: ${things(outside)}` : `changed by plan, and ${things(outside)} of ${exactNumber(differences)} outside it`;
}
