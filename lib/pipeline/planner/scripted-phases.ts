import { qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { Check } from '../evidence.ts';
import { extensionsWanted } from '../extensions.ts';
import { tablespacesWanted } from '../tablespaces.ts';
import type { Phase, PriceQuestion, Step } from '../plan.ts';
import { appliedTo } from '../script/apply.ts';
import type { Scripted } from '../script/side.ts';
import { touchedPrints } from '../touches.ts';
import { checksOf } from './alter.ts';
import { anewChecks } from './anew.ts';
import { valuesGone } from './violations.ts';
import { BACKUP_PHASE } from './backup.ts';
import { boundsChecks } from './bounds.ts';
import { referredChecks } from './moved-partitions.ts';
import { domainChecks } from './domains.ts';
import { inPlaceChecks } from './in-place.ts';
import { groupsOf } from './groups.ts';
import { families, tableName, type Workbench } from './input.ts';
import { refuseMissing } from './needs.ts';
import { type Acts, actsOf } from './scripted.ts';
import { scriptedSteps } from './scripted-steps.ts';
import { refuseApart } from './together.ts';

type State = Required<Scripted>;
type Script = 'prepare' | 'adapt' | 'remove';

const MAX_STEPS = 24;
const MAX_LOOKS = 400_000;

const WORDS: Readonly<Record<Script, { title: string; summary: string }>> = {
  prepare: { title: 'Prepare', summary: 'Makes what later phases rest on, and takes away what stands in their way. Values that enums gain are a step of their own, because a value can only be used after it is committed.' },
  adapt: { title: 'Add and change', summary: 'Runs the script of the chosen differences, in the order of what rests on what. What stands in the way of a change is dropped and made again in the same transaction, with its grants and comments.' },
  remove: { title: 'Remove', summary: 'Takes away what nothing uses any more, after everything else has changed.' },
};

/** What no builder has steps for, from the script of exactly these differences, forward and back; before and after what the builders make. */
export function scriptedPhases(bench: Workbench): { before: Phase[]; after: Phase[]; torn: boolean } {
  const acts = actsOf(bench);
  if (acts.torn.length > 0) return { before: [], after: [], torn: true };
  const built = bench.chosen.filter((delta) => bench.taken.has(delta.id));
  const prepared = phaseOf(bench, 'prepare', stateOf(bench), [acts.values, acts.prepare]);
  const then = appliedTo(prepared.to, bench.wanted, built);
  const { adapt, remove } = lastOf(then, appliedTo(then, bench.wanted, acts.after), acts.after);
  const adapted = phaseOf(bench, 'adapt', then, [adapt]);
  const removed = phaseOf(bench, 'remove', adapted.to, [remove]);
  refuseMissing(bench, removed.to);
  refuseApart(bench, removed.to);
  for (const delta of everyDelta(acts)) bench.taken.add(delta.id);
  return { before: prepared.phases, after: [...adapted.phases, ...removed.phases], torn: false };
}

function everyDelta(acts: Acts): Delta[] {
  return [...acts.values, ...acts.prepare, ...acts.after];
}

/** What only goes, and makes room for nothing, goes last: until then a rollback finds it in its place. */
function lastOf(from: State, to: State, deltas: readonly Delta[]): { adapt: Delta[]; remove: Delta[] } {
  const groups = groupsOf(from, to, deltas);
  return { adapt: groups.filter((group) => !goes(group)).flat(), remove: groups.filter(goes).flat() };
}

function goes(group: readonly Delta[]): boolean {
  return group.every((delta) => delta.change === 'remove');
}

/** Each group a step of its own, as long as they are few; each costs a look at all objects. */
function inSteps(state: State, groups: readonly (readonly Delta[])[]): (readonly Delta[])[] {
  return groups.length > MAX_STEPS || groups.length * state.objects.length > MAX_LOOKS ? [groups.flat()] : [...groups];
}

function stateOf(bench: Workbench): State {
  const { objects, satellites = [], dependencies = {} } = bench.input.current;
  return { objects, satellites, dependencies };
}

/** `parts`: one after the other, each as far apart in steps as its differences are independent. */
function phaseOf(bench: Workbench, kind: Script, from: State, parts: readonly (readonly Delta[])[]): { phases: Phase[]; to: State } {
  const deltas = parts.flat();
  if (deltas.length === 0) return { phases: [], to: from };
  const heldBefore = bench.held.length;
  let state = from;
  const steps: Step[] = [];
  const price: PriceQuestion[] = [];
  const setAside: string[] = [];
  for (const group of parts.flatMap((part) => inSteps(state, groupsOf(state, appliedTo(state, bench.wanted, part), part)))) {
    const { drafts, to, aside } = scriptedSteps(bench, state, group);
    setAside.push(...aside);
    for (const draft of drafts) steps.push({ ...draft, id: `${kind}.${steps.length + 1}` });
    for (const delta of group) if (delta.kind === 'table' && delta.change === 'add' && delta.desired && !bench.anew.has(delta.objectId)) price.push(sinceOf(delta, steps.at(-1)?.id ?? ''));
    state = to;
  }
  const touches = deltas.map((delta) => delta.id).toSorted();
  return {
    phases: [{
      id: kind, kind, title: `${WORDS[kind].title} ${countOf(deltas)}`, summary: WORDS[kind].summary, steps, checks: checksOfScript(bench, deltas, { from, done: state }, setAside), verifications: [], price, touches, expects: touchedPrints(state, touches),
      requires: kind === 'prepare' && bench.held.length > heldBefore ? [BACKUP_PHASE] : [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null,
    }],
    to: state,
  };
}

/**
 * Existing tables are asked what they are asked when a builder changes them, as they stand when the phase begins: a column that an earlier phase has added is there, and would be
 * there twice. The names of what only changes are taken by itself, so they are not asked for.
 */
function checksOfScript(bench: Workbench, deltas: readonly Delta[], { from, done }: { from: State; done: State }, setAside: readonly string[]): Check[] {
  const parts = deltas.filter((delta) => ['column', 'constraint', 'index'].includes(delta.kind) && bench.current.get(delta.group)?.kind === 'table' && !isInherited(delta));
  const [extensions, tablespaces] = [extensionsWanted(deltas), tablespacesWanted(deltas)];
  return [...anewChecks(bench, deltas, setAside), ...checksOf({ ...bench, currentFamily: families(from.objects) }, parts), ...valuesGone(bench, deltas), ...domainChecks(bench, deltas), ...inPlaceChecks(bench, deltas), ...boundsChecks(bench, deltas, done), ...referredChecks(bench, deltas, done), ...(extensions.length > 0 ? [{ id: 'extensions', kind: 'extensions' as const, extensions }] : []), ...(tablespaces.length > 0 ? [{ id: 'tablespaces', kind: 'tablespaces' as const, names: tablespaces }] : [])];
}

/** The parent's rows are its heirs' and partitions' rows. */
function isInherited(delta: Delta): boolean {
  return (delta.desired ?? delta.current)?.attributes.inherited === true;
}

function sinceOf(delta: Delta, step: string): PriceQuestion {
  const table = tableName(delta.desired as NonNullable<Delta['desired']>);
  return { table, step, sql: `SELECT count(*) AS inserted, 0::bigint AS changed, 0::bigint AS deleted FROM ${qualified(table)}` };
}

function countOf(deltas: readonly Delta[]): string {
  const objects = new Set(deltas.map((delta) => delta.objectId)).size;
  return `${objects} ${objects === 1 ? 'object' : 'objects'}`;
}
