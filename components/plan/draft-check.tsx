import { Link } from '#components/ui/link.tsx';
import { verdictWord } from '#components/compare/words.ts';
import { Fold, FoldRow } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { StateMark, type Tone } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DraftCheckDto } from '#lib/dal/dto/draft-check.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import { CheckDraftButton, CompareWith } from './draft-check-forms.tsx';

type Last = NonNullable<DraftCheckDto['last']>;
type Difference = Last['differences'][number];

const STATES: Readonly<Record<Last['state'], { tone: Tone; word: string }>> = {
  queued: { tone: 'grey', word: 'waiting' },
  running: { tone: 'orange', word: 'checking' },
  equal: { tone: 'green', word: 'equal' },
  differs: { tone: 'blue', word: 'differs' },
  failed: { tone: 'red', word: 'cannot work' },
  refused: { tone: 'red', word: 'refused' },
  superseded: { tone: 'grey', word: 'outdated' },
};

/** What the plan would make of its target, and the button. Information: nothing of it is signed. */
export function DraftCheck({ plan }: { plan: PlanDto }) {
  const { side, offered, whyNot, choices, last } = plan.draft;
  if (!last && !offered && whyNot === null && choices.length === 0) return null;
  const under = isUnderWay(last);
  return (
    <section aria-labelledby="draft-title" className="min-w-0 border-line py-3 max-lg:border-b">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id="draft-title" className="font-semibold">
          Draft check
        </h2>
        {last ? <Standing last={last} under={under} /> : <p className="text-ink-muted">{side === null ? 'Compared with nothing yet. What is this plan to lead to?' : <>Not checked against <Mono>{side}</Mono> yet.</>}</p>}
        {side === null && choices.length > 0 ? <CompareWith planId={plan.plan.id} version={plan.version} choices={choices} /> : null}
        {offered ? (
          <div className="ml-auto">
            <CheckDraftButton planId={plan.plan.id} version={plan.version} again={last !== null} />
          </div>
        ) : null}
      </div>
      {last ? <Outcome plan={plan} last={last} under={under} /> : offered ? <p className="mt-1 text-sm text-ink-muted">A worker can carry the plan out on an empty clone, and compare what it makes.</p> : null}
      {whyNot === null ? null : <p className="mt-1 max-w-4xl text-sm break-words text-ink-muted">{whyNot}</p>}
      <FoldRow>
        {last && !under && last.differences.length > 0 ? (
          <Fold inRow name="draft.differences" summary={differencesText(last)}>
            <Differences last={last} target={plan.plan.target} />
          </Fold>
        ) : null}
        {last && !under && last.passed.length > 0 ? (
          <Fold inRow name="draft.passed" summary={`${count(last.passed.length, 'step')} not carried out`}>
            <Passed passed={last.passed} />
          </Fold>
        ) : null}
        {side !== null && choices.some((name) => name !== side) ? (
          <Fold inRow lazy name="draft.side" summary="compare with another side">
            <CompareWith planId={plan.plan.id} version={plan.version} choices={choices.filter((name) => name !== side)} />
          </Fold>
        ) : null}
      </FoldRow>
    </section>
  );
}

export function isUnderWay(last: DraftCheckDto['last']): boolean {
  return last?.state === 'queued' || last?.state === 'running';
}

function Standing({ last, under }: { last: Last; under: boolean }) {
  const { tone, word } = last.outdated !== null && !under ? { tone: 'grey' as const, word: 'outdated' } : STATES[last.state];
  return (
    <>
      <StateMark tone={tone} busy={last.state === 'running'}>
        {word}
      </StateMark>
      <span className="text-sm text-ink-muted">
        {last.by === null ? 'checked without being asked' : last.by} · <Time at={last.at} />
      </span>
    </>
  );
}

function Outcome({ plan, last, under }: { plan: PlanDto; last: Last; under: boolean }) {
  const broken = plan.phases.find((one) => one.phase.id === last.brokenPhase);
  return (
    <div className="mt-1 grid gap-0.5">
      {last.outdated !== null && !under ? <p className="font-medium">{last.outdated}</p> : null}
      <p className="max-w-4xl break-words" aria-live="polite">
        {under ? `${last.stage.charAt(0).toUpperCase()}${last.stage.slice(1)}.` : last.sentence}{' '}
        {broken && !under ? (
          <Link href={`/plans/${plan.plan.id}?phase=${encodeURIComponent(broken.phase.id)}`} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
            Open phase {broken.number}
          </Link>
        ) : null}
      </p>
      {under ? null : (
        <p className="text-sm text-ink-muted">
          On an empty clone{last.readAt === null ? null : <> of the schema read <Time at={last.readAt} /></>}; not part of what is signed.
        </p>
      )}
      {last.unread.map((sentence) => (
        <p key={sentence} className="max-w-4xl text-sm break-words text-ink-muted">
          {sentence}
        </p>
      ))}
    </div>
  );
}

const HEADS: readonly (readonly [Difference['cause'], string])[] = [
  ['brought', 'This plan brings'],
  ['unsettled', 'This plan was made for, and does not settle'],
  ['left', 'Not covered by this plan'],
  ['decided', 'Decided by people'],
];

function differencesText({ counts }: Last): string {
  const open = counts.brought + counts.unsettled + counts.left;
  const parts = [...(open > 0 ? [count(open, 'difference')] : []), ...(counts.decided > 0 ? [`${counts.decided} decided`] : [])];
  return parts.join(', ');
}

function Differences({ last, target }: { last: Last; target: string }) {
  const { counts, differences } = last;
  const hidden = counts.brought + counts.unsettled + counts.left + counts.decided - differences.length;
  return (
    <div className="grid max-w-4xl grid-cols-1 gap-3">
      {HEADS.filter(([cause]) => counts[cause] > 0).map(([cause, head]) => (
        <div key={cause}>
          <h3 className="text-sm font-medium text-ink-muted">
            {head} · {counts[cause]}
          </h3>
          <ul className="mt-0.5">
            {differences.filter((one) => one.cause === cause).map((one) => (
              <li key={`${one.what} ${one.how}`} className="border-b border-line py-1 last:border-0">
                <Line one={one} last={last} target={target} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      <p className="text-sm text-ink-muted">Owners, grants, comments and the order of columns are left out.</p>
      {hidden > 0 ? <p className="text-sm text-ink-muted">{`And ${count(hidden, 'more', 'more')}, which Compare shows.`}</p> : null}
    </div>
  );
}

function Line({ one, last, target }: { one: Difference; last: Last; target: string }) {
  return (
    <>
      <span className="flex flex-wrap items-baseline gap-x-3">
        <Link href={one.href} className="min-w-0 wrap-anywhere underline decoration-line-strong underline-offset-2 hover:text-ink">
          <Mono>{one.what}</Mono>
        </Link>
        <span className="text-sm text-ink-muted">{one.verdict === null ? one.how : verdictWord(one.verdict, target)}</span>
      </span>
      {one.attributes.map(({ name, made, wanted }) => (
        <span key={name} className="block text-sm break-words text-ink-muted">
          {name}: <Mono>{made}</Mono> in {target}, <Mono>{wanted}</Mono> in {last.desired}
        </span>
      ))}
    </>
  );
}

const WHY: Readonly<Record<Last['passed'][number]['why'], string>> = {
  manual: 'a person does it',
  open: 'it is still open',
  dump: 'it changes nothing',
  rows: 'it needs rows, or parts of it do; the clone has none',
  kept: 'it works on what applied phases keep aside; the clone has nothing of that',
  rights: 'it needs rights, or parts of it do, that nobody has on the scratch server',
};

function Passed({ passed }: { passed: Last['passed'] }) {
  return (
    <ul className="max-w-4xl">
      {passed.map(({ title, why }, at) => (
        <li key={`${title} ${at}`} className="break-words">
          {title} <span className="text-sm text-ink-muted">· {WHY[why]}</span>
        </li>
      ))}
    </ul>
  );
}
