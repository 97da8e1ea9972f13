import { Banner } from '#components/ui/notes.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import { MoveStart } from './schedule-start.tsx';
import { StartsIn } from './starts-in.tsx';

/** The start that waits, or the last one that was refused. Stopping it is the primary action of the page. */
export function Scheduled({ phase }: { phase: PhaseDto }) {
  const { scheduled, notStarted } = phase;
  if (scheduled) {
    return (
      <div className="mb-4">
        <Banner tone={scheduled.trouble ? 'red' : 'grey'} title={<>Phase {phase.number} <StartsIn at={scheduled.startAt} /></>}>
          <p>
            {scheduled.startAt.slice(0, 16).replace('T', ' ')} UTC, scheduled by {scheduled.by}
            {scheduled.reason ? <>: “{scheduled.reason}”</> : null}. A worker looks again then, and starts nothing that has moved.
          </p>
          {scheduled.trouble ? <p className="font-medium">As things stand it would not start: {scheduled.trouble}</p> : null}
          {scheduled.mayMove ? (
            <div className="mt-2">
              <MoveStart start={scheduled} what={`phase ${phase.number}`} />
            </div>
          ) : null}
        </Banner>
      </div>
    );
  }
  if (!notStarted) return null;
  return (
    <div className="mb-4">
      <Banner tone="red" title={<>Did not start <Time at={notStarted.startAt} />, as {notStarted.by} had scheduled</>}>
        <p>{notStarted.sentence}</p>
      </Banner>
    </div>
  );
}
