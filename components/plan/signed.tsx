import { classes } from '#components/ui/classes.ts';
import { count, duration } from '#components/ui/format.ts';
import { Time } from '#components/ui/time.tsx';
import { wayBack } from './signable.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PhaseRehearsalDto } from '#lib/dal/dto/rehearsal.ts';

export function Signed({ phase }: { phase: PhaseDto }) {
  const hazards = phase.phase.steps.flatMap((step) => step.hazards);
  return (
    <div>
      <p className="font-medium">This is what you sign</p>
      <ul className="mt-1 list-disc pl-5 marker:text-ink-faint">
        <li>
          {count(phase.phase.steps.length, 'step')} with {phase.phase.steps.length === 1 ? 'its' : 'their'} SQL{phase.phase.pointOfNoReturn ? '' : ', forward and back'}; {wayBack(phase)}
        </li>
        {phase.phase.pointOfNoReturn ? <Gone kind={phase.phase.kind} titles={phase.phase.steps.map(({ title }) => title)} /> : null}
        {phase.stays.length > 0 ? <Left titles={phase.stays.map(({ title }) => title)} /> : null}
        {phase.evidence ? (
          <li>
            what was measured <Time at={phase.evidence.measuredAt} /> on {phase.evidence.target.database}, and the fingerprints of {count(Object.keys(phase.evidence.fingerprints).length, 'object')}
          </li>
        ) : null}
        <SignedRehearsal rehearsal={phase.rehearsal} />
        {[...new Set(hazards.map((hazard) => hazard.sentence))].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        <RowWords sentences={phase.aboutRows} />
      </ul>
      <p className="mt-2 text-sm text-ink-muted">
        Digest <code className="font-mono text-xs break-all">{phase.digest}</code>
      </p>
    </div>
  );
}

/** What no rollback brings back is named one by one, and not only counted. */
export function Gone({ kind, titles }: { kind: Phase['kind']; titles: readonly string[] }) {
  return <Named say={kind === 'written' ? 'done for good, no rollback takes it back:' : 'gone for good:'} titles={titles} />;
}

/** What becomes of rows and values, and what of it is in no number. */
export function RowWords({ sentences }: { sentences: readonly string[] }) {
  return sentences.length === 0 ? null : <Named say="what becomes of rows and values:" titles={sentences} calm />;
}

/** What a rollback leaves in place, one by one. */
export function Left({ titles }: { titles: readonly string[] }) {
  return <Named say={titles.length === 1 ? 'nothing takes this back, a rollback leaves it in place:' : `nothing takes these ${titles.length} back, a rollback leaves them in place:`} titles={titles} />;
}

/** A long list scrolls in itself: what else is signed must stand beside it. */
const LONG = 8;

function Named({ say, titles, calm = false }: { say: string; titles: readonly string[]; calm?: boolean }) {
  const long = titles.length > LONG;
  return (
    <li>
      <span className={classes('font-medium', !calm && 'text-red-ink')}>{say}</span>
      {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul className={classes(calm ? 'list-disc pl-4 marker:text-ink-faint' : 'list-none', long && 'max-h-44 overflow-y-auto rounded-md border border-line px-2 py-1')} {...(long ? { tabIndex: 0 } : {})}>
        {titles.map((title) => (
          <li key={title} className="wrap-anywhere">
            {title}
          </li>
        ))}
      </ul>
    </li>
  );
}

const VERDICTS = { proved: 'proved', differs: 'not proved', failed: 'failed' };

/** Also where there was none: a signature says that too. */
function SignedRehearsal({ rehearsal }: { rehearsal: PhaseRehearsalDto }) {
  if (rehearsal.verdict === null) {
    return (
      <li>
        <span className="font-medium">no rehearsal</span>: {rehearsal.sentence}
      </li>
    );
  }
  const { verdict, at, by, version, sentence, forwardMs, backMs, since } = rehearsal;
  return (
    <li>
      what the rehearsal of version {version} found <Time at={at} />, asked for by {by}: <span className={verdict === 'proved' ? 'font-medium text-green-ink' : 'font-medium text-red-ink'}>{VERDICTS[verdict]}</span>. {sentence} On
      the clone this phase took {duration(forwardMs)}
      {backMs > 0 ? `, and ${duration(backMs)} back` : ''}.{since === null ? null : ` ${since}`}
    </li>
  );
}
