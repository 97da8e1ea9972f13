import { openRefusal } from './open-phase.ts';
import type { Phase, Plan } from './plan.ts';
import { inTime } from './execution-window.ts';
import { approvalsNeeded, type Policy } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import { windowAt } from './policy-time.ts';
import { rollbackSteps } from './rollback.ts';
import { groupsRefusal } from './signing-groups.ts';
import type { PhaseStanding } from './standing.ts';
import { dueRefusal, orderRefusal } from './start-rules.ts';
import { closesSoon, SOON_MS } from './turn.ts';
import { firstOf } from './words.ts';

// When it is an operator's turn without anybody having done anything that minute: the hour came, a window opened, a phase before it ended. Pure: whoever looks gives the clock.

type Standings = ReadonlyMap<string, PhaseStanding>;

/** A notice that follows from how things stand; `occasion` is the same however often one looks, until it is a new turn. */
export interface Turn {
  phaseId: string;
  occasion: string;
  reason: string;
}

export interface Signature {
  id: string;
  phaseId: string;
  digest: string;
  personId: string;
  person: string;
  group: string;
  signedAt: Date;
  expiresAt: Date;
  startBy: Date | null;
  voidedAt: Date | null;
}

export interface TurnGround {
  plan: Plan;
  standings: Standings;
  signatures: readonly Signature[];
  /** Phases that wait for something else: their start is scheduled, or somebody asked for changes. */
  held: readonly string[];
  /** Of any phase, forward and back. */
  runs: readonly { phaseId: string; requestedAt: Date }[];
  policy: Pick<Policy, 'approvals' | 'approvalsDestructive'> & Pick<PolicyDocument, 'windows' | 'freezes' | 'distinctGroups'>;
  now: Date;
}

/**
 * The phase of a plan that an operator could start now and that nobody has started: it is next, due, signed by as many as policy wants, and its target is open. Null: there is none.
 * A phase that became due after it was signed is left out, because that is told already, and so is one that somebody started since it was signed, whatever came of it. When a window closes over it and the next one opens, it is a new turn.
 */
export function startWanted({ plan, standings, signatures, held, runs, policy, now }: TurnGround): Turn | null {
  const phase = plan.phases.find((one) => orderRefusal(plan.phases, one.id, standings) === null && isOpen(standings.get(one.id)));
  if (!phase || held.includes(phase.id) || dueRefusal(phase, standings, now) || openRefusal(phase)) return null;
  const signed = completed(phase, inTime(signatures.filter((one) => one.phaseId === phase.id && one.voidedAt === null && one.expiresAt > now), now).open, policy);
  const opening = windowAt(policy, plan.target, now);
  if (!signed || opening.state !== 'open' || dueAfter(phase, signed.last.signedAt, standings) || runs.some((run) => run.phaseId === phase.id && run.requestedAt > signed.last.signedAt)) return null;
  const before = [...standings.values()].map((standing) => standing.appliedAt ?? '').toSorted().at(-1) ?? '';
  const until = opening.until?.toISOString() ?? '';
  return {
    phaseId: phase.id, occasion: `turn ${plan.id} ${phase.id} ${signed.last.id} ${before} ${until}`,
    reason: `Signed by ${signed.names.join(' and ')}.${opening.until === null ? '' : ` ${plan.target} is open until ${minute(opening.until)}.`}`,
  };
}

function isOpen(standing: PhaseStanding | undefined): boolean {
  return standing === undefined || ((standing.state === 'pending' || standing.state === 'rolled_back') && standing.activeRunId === null);
}

/** The signature with which there were enough of one text, and who had signed by then. */
function completed(phase: Phase, standing: readonly Signature[], policy: TurnGround['policy']): { last: Signature; names: string[] } | null {
  const needed = approvalsNeeded(phase, policy);
  for (const same of Map.groupBy(standing.toSorted((a, b) => a.signedAt.getTime() - b.signedAt.getTime()), (one) => one.digest).values()) {
    for (const [at, last] of same.entries()) {
      const sofar = same.slice(0, at + 1);
      if (new Set(sofar.map((one) => one.personId)).size >= needed && !groupsRefusal(phase, policy.distinctGroups, sofar.map((one) => one.group))) return { last, names: [...new Set(sofar.map((one) => one.person))] };
    }
  }
  return null;
}

function dueAfter(phase: Phase, signedAt: Date, standings: Standings): boolean {
  return phase.due !== null && dueRefusal(phase, standings, signedAt) !== null;
}

/**
 * Rollback windows of a plan that close within hours, told together under the phase whose window closes first. Null: none does, or all that do were told.
 * @param told when people were told of windows of this plan before
 */
export function windowsClosing(plan: Plan, standings: Standings, told: readonly Date[], now: Date): Turn | null {
  const open = plan.phases.flatMap((phase, index) => {
    const standing = standings.get(phase.id);
    if (!standing?.appliedAt || standing.activeRunId !== null || phase.pointOfNoReturn || rollbackSteps(phase, standing.standingSteps).length === 0) return [];
    const from = new Date(standing.appliedAt);
    return [{ phase, number: index + 1, from, until: new Date(from.getTime() + plan.windowHours * 3_600_000) }];
  }).toSorted((a, b) => a.until.getTime() - b.until.getTime());
  const isTold = ({ from, until }: { from: Date; until: Date }) => told.some((at) => at >= from && until.getTime() <= at.getTime() + SOON_MS);
  const first = open.find((one) => closesSoon(one, now) && !isTold(one));
  if (!first) return null;
  const others = open.filter((one) => one !== first && one.until >= first.until && one.until.getTime() <= now.getTime() + SOON_MS && !isTold(one));
  const also = firstOf(others.map(({ number, until }) => `phase ${number} until ${minute(until)}`), others.length, 5);
  return {
    phaseId: first.phase.id, occasion: `closing ${plan.id} ${first.phase.id} ${first.until.toISOString()}`,
    reason: `It can be rolled back until ${minute(first.until)}; after that going back needs a new plan.${also === '' ? '' : ` Others follow${also}.`}`,
  };
}

/** Told so long before a scheduled start, unless it was scheduled within the last of these hours. */
export const NEAR_MS = 30 * 60_000;

/** A start that begins soon and was not scheduled only now; null: it is not near. `trouble`: why it would come to nothing. */
export function startNear(start: { id: string; phaseId: string; startAt: Date; scheduledAt: Date }, trouble: string | null, now: Date): Turn | null {
  const left = start.startAt.getTime() - now.getTime();
  if (left <= 0 || left > NEAR_MS || start.startAt.getTime() - start.scheduledAt.getTime() < 2 * NEAR_MS) return null;
  return { phaseId: start.phaseId, occasion: `near ${start.id}`, reason: `At ${minute(start.startAt)}.${trouble === null ? ' A person can stop it until then.' : ` As things stand it would not start: ${trouble}`}` };
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
