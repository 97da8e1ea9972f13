import { Link } from '#components/ui/link.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { count } from '#components/ui/format.ts';
import { PageHead } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import type { Tone } from '#components/ui/state-mark.tsx';
import { TextDiff } from '#components/ui/text-diff-view.tsx';
import { Time } from '#components/ui/time.tsx';
import type { VersionDto } from '#lib/dal/load-version.ts';

type PhaseChange = NonNullable<VersionDto['changes']>[number];
type StepChange = PhaseChange['steps'][number];
type Change = PhaseChange['changes'][number];

/** What a version says that the one before it did not. */
export function VersionView({ dto }: { dto: VersionDto }) {
  const { planId, version, current, changes } = dto;
  return (
    <>
      <PageHead
        above={
          <Link href={`/plans/${planId}`} className="rounded hover:text-ink">
            {dto.planName}
          </Link>
        }
        title={`Version ${version}${version === current ? ', current' : ` of ${current}`}`}
        sentence={<p className="text-ink">{dto.reason}</p>}
        tools={
          <>
            {version > 1 ? <ButtonLink href={versionPath(planId, version - 1)}>Version {version - 1}</ButtonLink> : null}
            {version < current ? <ButtonLink href={versionPath(planId, version + 1)}>Version {version + 1}</ButtonLink> : null}
          </>
        }
      >
        <p className="mt-0.5 text-sm text-ink-muted">
          {dto.by} · <Time at={dto.at} /> · {count(dto.phases, 'phase')}, {count(dto.steps, 'step')}
          {version > 1 && dto.before !== version - 1 ? ` · against version ${dto.before}` : null}
        </p>
      </PageHead>
      {changes === null ? <p className="text-ink-muted">The first version: there is nothing before it to compare with.</p> : <Changes changes={changes} before={dto.before} />}
    </>
  );
}

function versionPath(planId: string, version: number): string {
  return `/plans/${planId}/versions/${version}`;
}

function Changes({ changes, before }: { changes: readonly PhaseChange[]; before: number }) {
  if (changes.length === 0) return <p className="text-ink-muted">{`Its phases and steps say what version ${before} says.`}</p>;
  return (
    <div className="grid gap-6">
      {changes.map((phase) => (
        <section key={phase.id} aria-label={`Phase ${phase.title}`} className="border-t border-line pt-3">
          <h2 className="flex flex-wrap items-baseline gap-x-3 font-semibold">
            {phase.number} {phase.title} <Marks changes={phase.changes} />
          </h2>
          <Said said={phase.said} />
          <ul className="mt-2 grid gap-4">
            {phase.steps.map((step) => (
              <li key={step.id} className="min-w-0">
                <StepChanged step={step} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function StepChanged({ step }: { step: StepChange }) {
  return (
    <>
      <h3 className="flex flex-wrap items-baseline gap-x-3 font-medium">
        {step.number} · {step.title} <Marks changes={step.changes} />
      </h3>
      <Said said={step.said} />
      {step.texts.map(({ what, before, after }) => (
        <div key={what} className="mt-1.5 min-w-0">
          <p className="mb-0.5 text-xs text-ink-muted">{what}</p>
          <TextDiff first={before} second={after} />
        </div>
      ))}
    </>
  );
}

const WORDS: Record<Change, { word: string; tone: Tone }> = { added: { word: 'added', tone: 'blue' }, removed: { word: 'taken out', tone: 'grey' }, moved: { word: 'moved', tone: 'grey' }, changed: { word: 'changed', tone: 'blue' } };

function Marks({ changes }: { changes: readonly Change[] }) {
  return changes.map((change) => (
    <StateMark key={change} tone={WORDS[change].tone} plain>
      {WORDS[change].word}
    </StateMark>
  ));
}

function Said({ said }: { said: readonly string[] }) {
  if (said.length === 0) return null;
  return (
    <ul className="mt-0.5 text-sm text-ink-muted">
      {said.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
