import { qualified } from '../../ddl.ts';
import type { Statement } from '../../plan.ts';
import { spoken } from '../../planner/names.ts';
import { objectId, type SchemaObject, type Snapshot } from '../../snapshot.ts';
import { firstOf } from '../../words.ts';
import type { LintFinding, LintRule, LintScene } from '../finding.ts';
import { namesOf } from '../names.ts';
import { saidTargets } from '../targets.ts';
import { type Swap, swapsOf } from '../swaps.ts';
import { about, isWritten } from './plan-finding.ts';

/** SHARE and whatever is stronger keeps writers out. */
const SHARE = 5;

function eachSwap(scene: LintScene, look: (swap: Swap) => readonly LintFinding[]): LintFinding[] {
  return swapsOf(scene).filter((swap) => isWritten(scene, swap.into.statement)).flatMap(look);
}

const leavesBehind: LintRule = {
  code: 'SWAP_LEAVES_BEHIND',
  about: 'Foreign keys, views, publications, triggers, policies, grants and sequences follow a table through a rename, and stay with the old one.',
  look: (scene) => eachSwap(scene, (swap) => {
    const left = scene.facts.current ? followers(scene, swap, scene.facts.current) : [];
    if (left.length === 0) return [];
    return [about(scene, 'SWAP_LEAVES_BEHIND', swap.into.statement, { object: spoken(swap.live), severity: 'blocking', table: swap.live, safer: 'engine_conversion', sentence: `After the swap ${left.length === 1 ? 'this still belongs' : 'these still belong'} to the old ${spoken(swap.live)}${firstOf(left, left.length, 6)}.` })];
  }),
};

interface Hung {
  /** By the id of the table that they refer to. */
  keys: ReadonlyMap<string, readonly SchemaObject[]>;
  parts: ReadonlyMap<string, readonly SchemaObject[]>;
  /** Views and routines by the id of what they rest on. */
  resting: ReadonlyMap<string, readonly SchemaObject[]>;
  others: readonly SchemaObject[];
  made: ReadonlySet<string>;
}

const HUNG = new WeakMap<LintScene, Hung>();

/** What hangs on what in the reading; looked up once for a scene. */
function hungIn(scene: LintScene, current: Snapshot): Hung {
  const known = HUNG.get(scene);
  if (known) return known;
  const resting = new Map<string, SchemaObject[]>();
  for (const object of current.objects.filter((one) => ['view', 'materialized_view', 'function', 'procedure'].includes(one.kind))) {
    for (const id of current.dependencies?.[object.id] ?? []) resting.set(id, [...(resting.get(id) ?? []), object]);
  }
  const made: Hung = {
    keys: Map.groupBy(current.objects.filter((object) => object.kind === 'constraint' && typeof object.attributes.references === 'string'), (object) => String(object.attributes.references)),
    parts: Map.groupBy(current.objects.filter((object) => object.parent !== null), (object) => object.parent ?? ''),
    resting,
    others: current.objects.filter((object) => object.kind === 'sequence' || object.kind === 'publication'),
    made: new Set(namesOf(scene).happenings.filter((one) => one.what === 'made').map((one) => one.table.table.name)),
  };
  HUNG.set(scene, made);
  return made;
}

/** What hangs on the old table at the moment of the swap, one by one. */
function followers(scene: LintScene, swap: Swap, current: Snapshot): string[] {
  const names = namesOf(scene);
  const at = swap.into.at;
  const hung = hungIn(scene, current);
  const keys = (hung.keys.get(swap.liveId) ?? []).filter((object) => object.parent !== swap.liveId)
    .filter((object) => object.parent !== null && names.byId(at, object.parent) !== null && names.constraintsOf(at, object.parent).some((one) => one.name === object.name && one.references === swap.liveId));
  const parts = hung.parts.get(swap.liveId) ?? [];
  const own = parts.filter((object) => ['trigger', 'policy', 'rule'].includes(object.kind));
  const resting = [...new Set([swap.liveId, ...parts.map((object) => object.id)].flatMap((id) => hung.resting.get(id) ?? []))].filter((object) => !hung.made.has(object.name));
  const sequences = hung.others.filter((object) => object.kind === 'sequence' && typeof object.attributes.ownedBy === 'string' && object.attributes.ownedBy.startsWith(`${objectId('column', swap.live.schema, swap.live.name)}.`));
  const publications = hung.others.filter((object) => object.kind === 'publication' && publishes(object, swap));
  const carried = current.carried?.[swap.liveId];
  const grantees = [...new Set([...(carried?.grants ?? []), ...(carried?.columnGrants ?? [])].map((grant) => grant.grantee).filter((grantee) => grantee !== carried?.owner))];
  return [
    ...keys.map((object) => `foreign key ${object.name} of ${tableOf(object)}`),
    ...[...resting, ...own, ...sequences, ...publications].map((object) => `${object.kind.replaceAll('_', ' ')} ${object.name}`),
    ...(grantees.length > 0 ? [`grants to ${grantees.join(', ')}`] : []),
  ];
}

function publishes(object: SchemaObject, { live }: Swap): boolean {
  const full = qualified(live);
  const inSchema = Array.isArray(object.attributes.schemas) && object.attributes.schemas.includes(live.schema);
  return !inSchema && Array.isArray(object.attributes.tables) && object.attributes.tables.some((one: string) => one === full || one.startsWith(`${full} `));
}

function tableOf(object: SchemaObject): string {
  return object.parent?.split('.').slice(1).join('.').replaceAll('"', '') ?? '';
}

const losesWrites: LintRule = {
  code: 'SWAP_LOSES_WRITES',
  about: 'What is written to the old table between the copy and the swap is not in the new one.',
  look: (scene) => eachSwap(scene, (swap) => {
    const copy = swap.copies.at(-1);
    if (!copy || isLocked(scene, swap, copy.statement.transaction)) return [];
    const apart = copy.statement.transaction !== swap.into.statement.transaction;
    return [about(scene, 'SWAP_LOSES_WRITES', swap.into.statement, {
      object: spoken(swap.live), severity: 'blocking', table: swap.live, safer: 'engine_conversion',
      sentence: `What the application writes to ${spoken(swap.live)} between the copy and the swap is lost: ${apart ? 'they are two transactions' : 'the copy is in the same transaction'}, and nothing keeps writers out from before the copy on.`,
    })];
  }),
};

/** The copy and the swap in one transaction, under a lock that was taken before the copy. */
function isLocked(scene: LintScene, swap: Swap, transaction: number): boolean {
  if (swap.copies.some((copy) => copy.statement.transaction !== transaction) || swap.into.statement.transaction !== transaction) return false;
  const names = namesOf(scene);
  const first = Math.min(...swap.copies.map((copy) => copy.at));
  return scene.statements.some((one) => one.transaction === transaction && one.kind === 'LockStmt' && Number(one.node.mode ?? 0) >= SHARE && names.before(one) < first
    && saidTargets(one).some((said) => names.table(names.before(one), names.resolve(names.before(one), said, names.searchPathOf(one)))?.id === swap.liveId));
}

const losesOnRollback: LintRule = {
  code: 'SWAP_ROLLBACK_LOSES_ROWS',
  about: 'Going back by renaming brings the old table back without the rows that were written since the swap.',
  look: (scene) => eachSwap(scene, (swap) => {
    const step = scene.plan.phases.find((phase) => phase.id === swap.into.statement.phaseId)?.steps.find((one) => one.id === swap.into.statement.stepId);
    if (!step || step.undo.length === 0) return [];
    const back = step.undo.some((one: Statement) => /\bRENAME\s+TO\b/i.test(one.sql));
    return back ? [about(scene, 'SWAP_ROLLBACK_LOSES_ROWS', swap.into.statement, { object: spoken(swap.live), severity: 'to_know', table: swap.live, safer: 'engine_conversion', sentence: `Going back by the names brings back ${spoken(swap.live)} as it was: rows written since the swap stay in the table that steps aside.` })] : [];
  }),
};

const withoutRows: LintRule = {
  code: 'SWAP_WITHOUT_ROWS',
  about: 'A new table takes the name of one with rows, and nothing copies them.',
  look: (scene) => eachSwap(scene, (swap) => (swap.copies.length > 0 ? [] : [about(scene, 'SWAP_WITHOUT_ROWS', swap.into.statement, { object: spoken(swap.live), severity: 'blocking', table: swap.live, safer: 'engine_conversion', sentence: `The new ${spoken(swap.live)} takes the name without the rows: nothing in the plan copies them from the old table.` })])),
};

const keyOntoOld: LintRule = {
  code: 'FOREIGN_KEY_ONTO_SWAPPED',
  about: 'A foreign key that is added before a swap refers to the old table after it.',
  look: (scene) => namesOf(scene).happenings.flatMap((one) => {
    if (one.what !== 'constrained' || !one.parent || !isWritten(scene, one.statement)) return [];
    const swap = swapsOf(scene).find((candidate) => candidate.liveId === one.parent?.id && candidate.away.at > one.at);
    return swap && one.table.id !== swap.shadow.id ? [about(scene, 'FOREIGN_KEY_ONTO_SWAPPED', one.statement, { object: one.said.name ?? spoken(one.table.table), severity: 'blocking', table: swap.live, safer: 'engine_conversion', sentence: `${one.said.name ?? 'The foreign key'} is added before ${spoken(swap.live)} is swapped, and will refer to the old table.` })] : [];
  }),
};

export const SWAP_RULES: readonly LintRule[] = [losesWrites, leavesBehind, withoutRows, losesOnRollback, keyOntoOld];
