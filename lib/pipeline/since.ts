import type { Change, PhaseChange } from './editor/version-diff.ts';

// What happened to a plan since a person last looked at it, in one line. Pure.

/** A visit goes on while no more than this passes between two looks. */
const VISIT_MS = 10 * 60_000;

export interface Look {
  version: number;
  at: Date;
}
/** What is stored of a person and a plan: the last look, and the last look of the visit before. */
export interface Seen extends Look {
  before: Look | null;
}

/** Against what a page made now tells what is new: as long as a visit goes on, the last look before it; null: there was none. */
export function lookBefore(seen: Seen | null, now: Date): Look | null {
  if (!seen) return null;
  return now.getTime() - seen.at.getTime() > VISIT_MS ? { version: seen.version, at: seen.at } : seen.before;
}

/** What is stored when a person has looked at a page that was made at `look.at`. */
export function looked(seen: Seen | null, look: Look): Seen {
  if (seen && seen.at >= look.at) return seen;
  return { ...look, before: lookBefore(seen, look.at) };
}

export interface SinceFacts {
  look: Look;
  /** Who looks: of what they did themselves they are told nothing. */
  me: string;
  /** Of the plan now, and its phases by id with their numbers. */
  version: number;
  numbers: ReadonlyMap<string, number>;
  versions: readonly { version: number; byId: string }[];
  /** From the version that was seen to that of now. */
  changes: readonly PhaseChange[];
  comments: readonly { id: string; byId: string; at: Date; phaseId: string | null }[];
  requests: readonly { id: string; byId: string; by: string; at: Date; phaseId: string }[];
  approvals: readonly { personId: string; person: string; phaseId: string; signedAt: Date; voidedAt: Date | null }[];
  runs: readonly { id: string; byId: string; kind: 'forward' | 'rollback'; state: string; phaseId: string; endedAt: Date | null }[];
}

export type NewsPlace = { to: 'version'; version: number; since: number } | { to: 'comment'; id: string; phaseId: string | null } | { to: 'phase'; phaseId: string } | { to: 'run'; id: string };
export interface News {
  text: string;
  place: NewsPlace;
}

/** In the order in which a reader needs them: the text, what was asked and said, signatures, runs. Empty: nothing that others did. */
export function newsSince(facts: SinceFacts): News[] {
  return [...versionNews(facts), ...requestNews(facts), ...commentNews(facts), ...approvalNews(facts), ...runNews(facts)];
}

function versionNews({ look, me, version, versions, changes }: SinceFacts): News[] {
  const others = versions.filter((one) => one.version > look.version && one.byId !== me);
  const first = versions.find((one) => one.version > look.version);
  if (others.length === 0 || !first) return [];
  const which = first.version === version ? `version ${version}` : `versions ${first.version} to ${version}`;
  return [{ text: `${which} ${changesText(changes)}`, place: { to: 'version', version, since: look.version } }];
}

const VERBS: readonly (readonly [Change, string])[] = [['changed', 'changed'], ['added', 'added'], ['removed', 'took out'], ['moved', 'moved']];

/** `changed step 2.3 and added 2.4`: phases that came or went as such, else their steps. */
function changesText(changes: readonly PhaseChange[]): string {
  const told = VERBS.flatMap(([change, verb]) => {
    const phases = changes.filter((phase) => mainChange(phase.changes) === change && (change !== 'changed' || phase.steps.length === 0)).map((phase) => `phase ${phase.number}`);
    const steps = changes.flatMap((phase) => (mainChange(phase.changes) === 'added' || mainChange(phase.changes) === 'removed' ? [] : phase.steps.filter((step) => mainChange(step.changes) === change).map((step) => `${phase.number}.${step.number}`)));
    const what = [...phases, ...(steps.length > 0 ? [`${steps.length === 1 ? 'step' : 'steps'} ${listed(steps)}`] : [])];
    return what.length > 0 ? [`${verb} ${listed(what)}`] : [];
  });
  return told.length > 0 ? listed(told) : 'changed no step';
}

/** What is both moved and changed is told as changed. */
function mainChange(changes: readonly Change[]): Change | undefined {
  return VERBS.map(([change]) => change).find((change) => changes.includes(change));
}

function requestNews({ look, me, requests, numbers }: SinceFacts): News[] {
  return requests.filter((one) => one.at > look.at && one.byId !== me).map(({ by, id, phaseId }) => ({ text: `changes${ofPhase(numbers, phaseId)} requested by ${by}`, place: { to: 'comment', id, phaseId } }));
}

function commentNews({ look, me, comments }: SinceFacts): News[] {
  const fresh = comments.filter((one) => one.at > look.at && one.byId !== me);
  const first = fresh[0];
  return first ? [{ text: fresh.length === 1 ? '1 comment' : `${fresh.length} comments`, place: { to: 'comment', id: first.id, phaseId: first.phaseId } }] : [];
}

function approvalNews({ look, me, approvals, numbers }: SinceFacts): News[] {
  const given = approvals.filter((one) => one.signedAt > look.at && one.personId !== me && !one.voidedAt);
  const fallen = approvals.filter((one) => one.voidedAt && one.voidedAt > look.at && one.signedAt <= look.at);
  return [...byPhases(given.filter((one) => numbers.has(one.phaseId)), numbers, (phases, one) => `${phases} approved by ${one.person}`, (one) => one.person), ...byPhases(fallen.filter((one) => numbers.has(one.phaseId)), numbers, (phases) => `approval of ${phases} void`, () => '')];
}

/** One piece of news for all phases of the same group, linked to the first of them. */
function byPhases<T extends { phaseId: string }>(items: readonly T[], numbers: ReadonlyMap<string, number>, text: (phases: string, one: T) => string, group: (one: T) => string): News[] {
  return [...Map.groupBy(items, group).values()].flatMap((same) => {
    const sorted = same.toSorted((a, b) => (numbers.get(a.phaseId) ?? 0) - (numbers.get(b.phaseId) ?? 0));
    const [first] = sorted;
    const phases = [...new Set(sorted.map(({ phaseId }) => String(numbers.get(phaseId) ?? '')))];
    return first ? [{ text: text(`${phases.length === 1 ? 'phase' : 'phases'} ${listed(phases)}`, first), place: { to: 'phase', phaseId: first.phaseId } }] : [];
  });
}

function runNews({ look, me, runs, numbers }: SinceFacts): News[] {
  return runs.filter((run) => run.endedAt && run.endedAt > look.at && run.byId !== me).slice(-2).map((run) => ({ text: `${run.kind === 'rollback' ? 'rollback' : 'run'}${ofPhase(numbers, run.phaseId)} ${run.state}`, place: { to: 'run', id: run.id } }));
}

function ofPhase(numbers: ReadonlyMap<string, number>, phaseId: string): string {
  const number = numbers.get(phaseId);
  return number === undefined ? '' : ` of phase ${number}`;
}

function listed(words: readonly string[]): string {
  const most = 4;
  if (words.length > most) return `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
