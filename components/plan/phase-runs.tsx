import { Link } from '#components/ui/link.tsx';
import { Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import { runStanding } from '#components/states.ts';

export function PhaseRuns({ dto }: { dto: PhaseDto }) {
  if (dto.runs.length === 0) return null;
  return (
    <Section title="Runs">
      <ul className="border-t border-line">
        {dto.runs.map((run) => {
          const { tone, word } = runStanding(run.state, run.kind);
          return (
            <li key={run.id} className="border-b border-line">
              <Link href={`/runs/${run.id}`} data-row="" className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-1 py-1.5 -outline-offset-2 hover:bg-hover">
                <StateMark tone={tone} busy={run.endedAt === null}>
                  {word}
                </StateMark>
                <span>{run.kind === 'forward' ? 'Forward' : 'Rollback'}</span>
                <span className="text-sm text-ink-muted">
                  {run.by} · <Time at={run.endedAt ?? run.requestedAt} />
                </span>
                {run.reason ? <span className="text-ink-muted">“{run.reason}”</span> : null}
                {run.sentence ? <span className="basis-full text-sm text-ink-muted sm:basis-auto">{run.sentence}</span> : null}
              </Link>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
