import 'server-only';
import { countSentence, type CountState, cutOff, isBeyondBudget } from '#lib/pipeline/count.ts';
import type { Reader } from '#lib/store/db.ts';
import { countOn, latestCounts } from '#lib/store/exact-counts.ts';
import type { Person } from '#lib/store/people.ts';
import type { PhaseDto } from './dto/phase.ts';
import type { PlanFacts } from './plan-facts.ts';
import { STANDING } from './plan-rules.ts';

/** Counting a phase exactly. `cut`: questions whose answer the budget cut off; `long`: its evidence took longer than a page waits. */
export interface PhaseCountDto {
  cut: number;
  long: boolean;
  offered: boolean;
  /** Why none is offered, where another one is under way on the same database. */
  other: string | null;
  last: { id: string; state: CountState; by: string; at: string; sentence: string; rows: number | null; expected: number | null; stopping: boolean; mayStop: boolean } | null;
}

/** For each phase: what of it was cut off, whether a worker may count it, and what the newest count is doing or came to. */
export async function countsDto(db: Reader, facts: PlanFacts, phases: readonly Pick<PhaseDto, 'phase' | 'state' | 'evidence'>[], { roles }: Person): Promise<Readonly<Record<string, PhaseCountDto>>> {
  const latest = await latestCounts(db, facts.stored.plan.id);
  const under = await countOn(db, facts.stored.target);
  const may = roles.some((role) => role === 'author' || role === 'approver' || role === 'operator');
  return Object.fromEntries(phases.map(({ phase, state, evidence }): [string, PhaseCountDto] => {
    const count = latest.get(phase.id);
    const cut = evidence ? cutOff(evidence).length : 0;
    const long = evidence !== null && isBeyondBudget(evidence);
    const changeable = !STANDING.includes(state) && state !== 'running';
    return [phase.id, {
      cut, long, offered: may && changeable && (cut > 0 || long) && under === null && facts.busy === null,
      other: under !== null && under.id !== count?.id ? `${under.requestedBy.name} has something counted on ${under.target}. One at a time.` : null,
      last: count ? {
        id: count.id, state: count.state, by: count.requestedBy.name, at: (count.endedAt ?? count.requestedAt).toISOString(), stopping: count.stopRequestedAt !== null,
        sentence: count.sentence ?? (count.state === 'queued' ? 'It waits for a worker.' : countSentence(count.content)),
        rows: count.content.now?.rows ?? null, expected: count.content.now?.expected ?? null,
        mayStop: count.endedAt === null && (may || roles.includes('admin')),
      } : null,
    }];
  }));
}
