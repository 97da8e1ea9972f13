import { count } from '#components/ui/format.ts';
import { Time } from '#components/ui/time.tsx';
import type { PhaseDto } from '#lib/dal/dto.ts';

export function Signed({ phase }: { phase: PhaseDto }) {
  const undoable = phase.phase.steps.filter((step) => step.undo.length > 0).length;
  const hazards = phase.phase.steps.flatMap((step) => step.hazards);
  return (
    <div>
      <p className="font-medium">This is what you sign</p>
      <ul className="mt-1 list-disc pl-5 marker:text-ink-faint">
        <li>
          {count(phase.phase.steps.length, 'step')} with their SQL; {phase.phase.pointOfNoReturn ? 'there is no way back from this phase' : `the way back of ${undoable === phase.phase.steps.length ? 'all of them' : `${undoable} of them`}`}
        </li>
        {phase.evidence ? (
          <li>
            what was measured <Time at={phase.evidence.measuredAt} /> on {phase.evidence.target.database}, and the fingerprints of {count(Object.keys(phase.evidence.fingerprints).length, 'object')}
          </li>
        ) : null}
        {[...new Set(hazards.map((hazard) => hazard.sentence))].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p className="mt-2 text-sm text-ink-muted">
        Digest <code className="font-mono text-xs break-all">{phase.digest}</code>
      </p>
    </div>
  );
}
