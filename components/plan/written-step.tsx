import { PlainCode } from '#components/ui/plain-code.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import type { PlanOrigin, Step } from '#lib/pipeline/plan.ts';
import type { Work } from '#lib/pipeline/step-kinds/all.ts';

/** What a step holds that is no SQL of ours: what a person is to do, or what nobody can run as it stands. */
export function WrittenWork({ work }: { work: Work | null }) {
  if (work?.kind === 'manual') return <ForPerson instruction={work.instruction} command={work.command} />;
  if (work?.kind !== 'open') return null;
  return (
    <div className="mt-1.5 grid gap-1.5">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <StateMark tone="red">open</StateMark>
        <span className="max-w-prose min-w-0 wrap-anywhere">{work.sentence}</span>
      </p>
      <PlainCode text={work.text} label={`as written${work.language === '' ? '' : ` (${work.language})`}; line ${work.at.line}, column ${work.at.column}`} />
    </div>
  );
}

function ForPerson({ instruction, command }: { instruction: string; command: string | undefined }) {
  return (
    <div className="mt-1.5 grid gap-1.5">
      <p className="flex items-baseline gap-x-2 max-sm:flex-wrap">
        <StateMark tone="blue" className="shrink-0">
          for a person
        </StateMark>
        <span className="max-w-prose min-w-0 whitespace-pre-line wrap-anywhere">{instruction}</span>
      </p>
      {command === undefined ? null : <PlainCode text={command} label="for a person to run, not Countersign" />}
    </div>
  );
}

/** `lines 12–40 of sprint-90.md`, where the step was read from a text. */
export function sourceText({ source }: Pick<Step, 'source'>, origin: PlanOrigin | undefined): string | null {
  if (!source) return null;
  const lines = source.from === source.to ? `line ${source.from}` : `lines ${source.from}–${source.to}`;
  return origin?.from === 'runbook' ? `${lines} of ${origin.name}` : lines;
}
