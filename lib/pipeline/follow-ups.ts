import { spokenDelta } from './diff.ts';
import type { Plan } from './plan.ts';
import { dueTime, type PhaseStanding } from './standing.ts';

// What is due after a plan. Most of it follows from the document and from how its phases stand, so that it can neither be forgotten nor grow stale;
// what a person says about an item, and what a person adds, is kept beside it by the item's key.

export type FollowUpState = 'open' | 'done' | 'dropped';

/** What a person said about an item of the plan, or an item that a person added. */
export interface KeptFollowUp {
  key: string;
  title: string;
  /** ISO time; of an item that was added by hand. */
  dueAt: string | null;
  owner: { id: string; name: string } | null;
  addedBy: string;
  state: FollowUpState;
  end: { by: string; at: string; note: string } | null;
}

export interface FollowUp {
  /** Unique inside the plan. */
  key: string;
  title: string;
  /** The phase that does it: the item closes by itself when that phase has run. Null: a person does it. */
  phaseId: string | null;
  /** ISO time; null: what it waits for has not come true. */
  dueAt: string | null;
  /** Who added it; null: the plan. */
  addedBy: string | null;
  owner: { id: string; name: string } | null;
  state: FollowUpState;
  /** `by` is null when its phase has run. */
  end: { by: string | null; at: string; note: string } | null;
}

type Standings = ReadonlyMap<string, PhaseStanding>;
type Planned = Pick<FollowUp, 'key' | 'title' | 'phaseId' | 'dueAt'> & { doneAt: string | null };

/** Items of people are known by this beginning of their key. */
export const BY_HAND = 'hand ';

/**
 * What is due after a plan: open items by their time, those without one behind them, then what has ended, the newest first. Pure.
 * @param kept what people said and added, in any order
 */
export function followUpsOf(plan: Plan, standings: Standings, kept: readonly KeptFollowUp[]): FollowUp[] {
  const said = new Map(kept.map((one) => [one.key, one]));
  const planned = plannedOf(plan, standings).map((one) => withWord(one, said.get(one.key)));
  const keys = new Set(planned.map((one) => one.key));
  // What the plan does not ask for any more is history when it has ended, and nothing otherwise.
  const others = kept.filter((one) => !keys.has(one.key) && (one.key.startsWith(BY_HAND) || one.state !== 'open'));
  const all = [...planned, ...others.map((one): FollowUp => ({ ...one, phaseId: null, addedBy: one.key.startsWith(BY_HAND) ? one.addedBy : null }))];
  const open = all.filter((one) => one.state === 'open').toSorted((a, b) => (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9'));
  return [...open, ...all.filter((one) => one.state !== 'open').toSorted((a, b) => (b.end?.at ?? '').localeCompare(a.end?.at ?? ''))];
}

function withWord({ doneAt, ...one }: Planned, said: KeptFollowUp | undefined): FollowUp {
  const base = { ...one, addedBy: null, owner: said?.owner ?? null };
  if (doneAt !== null) return { ...base, state: 'done', end: { by: null, at: doneAt, note: 'Its phase was applied.' } };
  return { ...base, state: said?.state ?? 'open', end: said?.end ?? null };
}

function plannedOf(plan: Plan, standings: Standings): Planned[] {
  const main = plan.phases.filter((phase) => phase.due === null);
  const applied = main.map((phase) => standings.get(phase.id)?.appliedAt ?? null);
  const doneAt = main.length > 0 && applied.every((at) => at !== null) ? (applied.toSorted().at(-1) ?? null) : null;
  const person = { phaseId: null, doneAt: null };
  return [
    ...phasesDue(plan, standings),
    ...reconnecting(plan, standings),
    ...(plan.followUps ?? []).map((one) => ({ ...person, key: `text ${one.id}`, title: one.title, dueAt: hoursAfter(doneAt, one.hours ?? plan.windowHours) })),
    ...plan.decisions.filter((decision) => decision.verdict === 'later').map((decision) => ({
      ...person, key: `later ${decision.deltaId}`, dueAt: hoursAfter(doneAt, plan.windowHours),
      title: `Decide what was put off: ${spokenDelta(decision.deltaId, { current: plan.target, desired: plan.desired })} (${decision.reason})`,
    })),
  ];
}

/** Phases that wait for an hour after another one: clean-up, above all. */
function phasesDue(plan: Plan, standings: Standings): Planned[] {
  return plan.phases.flatMap((phase) => {
    if (phase.due === null) return [];
    const standing = standings.get(phase.id);
    const done = standing?.state === 'applied' || standing?.state === 'deviated';
    return [{ key: `phase ${phase.id}`, title: phase.title, phaseId: phase.id, dueAt: dueTime(phase, standings), doneAt: done ? standing.appliedAt : null }];
  });
}

/** Prepared statements of open sessions fail on a column of another type. Each time it is converted is an item of its own. */
function reconnecting(plan: Plan, standings: Standings): Planned[] {
  const converted = plan.phases.flatMap((phase) => (phase.kind === 'convert' ? (standings.get(phase.id) ?? []) : [])).filter((standing) => standing.appliedAt !== null);
  const last = converted.toSorted((a, b) => (a.appliedAt ?? '').localeCompare(b.appliedAt ?? '')).at(-1);
  if (!last) return [];
  const title = 'Let application sessions reconnect: named prepared statements on the converted tables fail until they do';
  return [{ key: `reconnect ${last.forwardRunId ?? ''}`, title, phaseId: null, dueAt: hoursAfter(last.appliedAt, 1), doneAt: null }];
}

function hoursAfter(iso: string | null, hours: number): string | null {
  return iso === null ? null : new Date(Date.parse(iso) + hours * 3_600_000).toISOString();
}

/** Is it open and its time come? */
export function isDue(one: Pick<FollowUp, 'state' | 'dueAt'>, now: Date): boolean {
  return one.state === 'open' && one.dueAt !== null && Date.parse(one.dueAt) <= now.getTime();
}
