'use client';
import { Link } from '#components/ui/link.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { useTalk } from '#components/talk/talk.tsx';
import { AcceptFinding, SaferForm } from './finding-forms.tsx';
import type { FindingView } from './finding-view.ts';

export function FindingList({ findings }: { findings: readonly FindingView[] }) {
  return (
    <ul className="mt-1 grid gap-1.5">
      {findings.map((finding) => (
        <li key={finding.key} className="flex items-start gap-2">
          <StateShape tone={finding.blocking ? 'red' : 'grey'} className="mt-1" />
          <div className="min-w-0 flex-1">
            <p className="wrap-anywhere">
              <span className="sr-only">{finding.blocking ? 'Blocks: ' : 'To know: '}</span>
              {finding.sentence}
              {finding.move === null ? null : <span className="text-ink-muted"> {finding.move}</span>}
            </p>
            {finding.about ? <About about={finding.about} sentence={finding.sentence} /> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Where it is, and what one press would do about it. */
function About({ about, sentence }: { about: NonNullable<FindingView['about']>; sentence: string }) {
  const { planId, version } = useTalk();
  const { safer } = about;
  const ref = { planId, version, findingId: about.id };
  return (
    <div className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-muted">
      <Where planId={planId} step={about.step} line={about.line} />
      <span className="font-mono text-xs">{about.code}</span>
      {safer || about.mayStand ? (
        <span className="flex flex-wrap items-center gap-2">
          {safer && !safer.elsewhere ? <SaferForm {...ref} label={safer.label} sentence={safer.sentence} /> : null}
          {safer?.elsewhere ? <span>“{safer.label}” answers it too</span> : null}
          {about.mayStand ? <AcceptFinding {...ref} sentence={sentence} /> : null}
        </span>
      ) : null}
    </div>
  );
}

function Where({ planId, step, line }: Pick<NonNullable<FindingView['about']>, 'step' | 'line'> & { planId: string }) {
  if (!step) return null;
  return (
    <span>
      <a href={`#${encodeURIComponent(step.id)}`} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
        step {step.number}
      </a>
      {line === null ? null : (
        <>
          {', '}
          <Link href={`/plans/${planId}/text#L${line}`} prefetch={false} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
            line {line}
          </Link>
        </>
      )}
    </span>
  );
}
