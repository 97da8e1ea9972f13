import 'server-only';
import { setImmediate as breath } from 'node:timers/promises';
import { compareGroups, compareTotals, type CompareGroup, type CompareTotals } from '#lib/pipeline/align.ts';
import { hazardsByObject, type ListHazard } from '#lib/pipeline/compare-list.ts';
import type { Delta } from '#lib/pipeline/diff.ts';
import { digestOf } from '#lib/pipeline/digest.ts';
import { isNoise, withNoise, withoutNoise } from '#lib/pipeline/noise.ts';
import { once } from '#lib/pipeline/once.ts';
import { type Rename, renameOf, type TakenRename } from '#lib/pipeline/rename.ts';
import { differencesRenamed, foldRenames, proposedRenames, type RenameProposal } from '#lib/pipeline/renames.ts';
import { scriptOfChosen } from '#lib/pipeline/script/chosen.ts';
import type { Script } from '#lib/pipeline/script/script.ts';
import type { SchemaObject, Snapshot } from '#lib/pipeline/snapshot.ts';
import type { Reader } from '#lib/store/db.ts';
import { onRenames, standingDecisions, type Decision } from '#lib/store/decisions.ts';
import { contentOf, type Reading } from '#lib/store/snapshots.ts';
import { idsUnderWay } from './keeping.ts';

/** What one sees of a comparison, with the noise folded away or opened. */
export interface ComparisonView extends CompareTotals {
  current: Snapshot;
  desired: Snapshot;
  deltas: readonly Delta[];
  /** By ObjectId of the top-level object. */
  deltasOf: ReadonlyMap<string, readonly Delta[]>;
  groups: readonly CompareGroup[];
  /** The top-level object with everything that belongs to it, on both sides. */
  familyOf: (groupId: string) => { current: readonly SchemaObject[]; desired: readonly SchemaObject[] };
  /** The statements of all differences of the view, and what they cost by ObjectId. Made on first use: the first look at the list does without. */
  script: Script;
  hazards: ReadonlyMap<string, readonly ListHazard[]>;
  isScripted: boolean;
}

/** Everything about a pair of readings that depends on nothing else: decisions come and go, this stays. Each part is made on first use. */
export interface Comparison {
  current: Snapshot;
  desired: Snapshot;
  /** Taken by people, and still true of the two: the differences and the views speak of names as they are after these. */
  renames: readonly TakenRename[];
  /** The current side after them. */
  renamed: Snapshot;
  /** Nobody was asked yet, or somebody said no. Made on first use. */
  proposals: () => readonly RenameProposal[];
  /** All of them, noise included. */
  deltas: readonly Delta[];
  /** How many of them are noise. */
  noise: number;
  view: (noise: boolean) => ComparisonView;
}

/**
 * So many objects may stand in memory at once, over all readings: about 2 kB each. The newest pair always stays, whatever its size.
 */
const MOST_OBJECTS = 400_000;

interface Kept {
  snapshots: Map<string, Promise<Snapshot>>;
  comparisons: Map<string, Promise<Comparison>>;
}

// On globalThis, because the bundler may load this module more than once: for pages and for routes.
const shared = globalThis as typeof globalThis & { countersignComparisons?: Kept };

function kept(): Kept {
  shared.countersignComparisons ??= { snapshots: new Map(), comparisons: new Map() };
  return shared.countersignComparisons;
}

/** The comparison of two readings under the renames that people took: made once, and by one of the requests that ask for it together. */
export async function comparisonOf(db: Reader, current: Reading, desired: Reading, renames: readonly Rename[]): Promise<Comparison> {
  const { comparisons } = kept();
  const key = `${current.id} ${desired.id} ${renames.length === 0 ? '' : digestOf(renames)}`;
  const known = comparisons.get(key);
  const made = known ?? compared(db, current, desired, renames);
  // The order of a Map is the order of use: what stands first was not looked at for longest.
  comparisons.delete(key);
  comparisons.set(key, made);
  if (known) return made;
  try {
    const comparison = await made;
    await forgetOldest([current.id, desired.id]);
    return comparison;
  } catch (error) {
    comparisons.delete(key);
    throw error;
  }
}

/** The comparison with everything that people said of the pair. */
export async function comparisonDecided(db: Reader, current: Reading, desired: Reading, sides: { current: string; desired: string }): Promise<{ comparison: Comparison; decisions: Decision[] }> {
  const decisions = await standingDecisions(db, sides.current, sides.desired);
  return { comparison: await comparisonOf(db, current, desired, takenRenames(decisions)), decisions };
}

/** What people said is one object under two names, whether or not it still is. */
export function takenRenames(decisions: readonly Decision[]): Rename[] {
  return onRenames(decisions).flatMap((decision) => (decision.verdict === 'renamed' ? (renameOf(decision.deltaId) ?? []) : []));
}

/** A reading that was just made need not come back from the control database. */
export function rememberSnapshot(id: string, snapshot: Snapshot): void {
  kept().snapshots.set(id, Promise.resolve(snapshot));
}

async function compared(db: Reader, current: Reading, desired: Reading, asked: readonly Rename[]): Promise<Comparison> {
  const [before, after] = await Promise.all([snapshotOf(db, current.id), snapshotOf(db, desired.id)]);
  // Seconds of work for 10,000 tables: between its parts the process hears the others.
  await breath();
  const folded = foldRenames(before, after, asked);
  const { renamed, taken } = folded;
  const deltas = differencesRenamed(folded, after);
  await breath();
  const quiet = once(() => viewOf(withoutNoise(renamed), withoutNoise(after), deltas.filter((delta) => !isNoise(delta)), (loud) => scriptOfChosen(renamed, after, loud, taken)));
  const noisy = once(() => viewOf(withNoise(renamed), withNoise(after), deltas, (loud) => scriptOfChosen(renamed, after, loud, taken)));
  return { current: before, desired: after, renames: taken, renamed, proposals: once(() => proposedRenames(renamed, after, deltas)), deltas, noise: deltas.filter(isNoise).length, view: (noise) => (noise ? noisy() : quiet()) };
}

function viewOf(current: Snapshot, desired: Snapshot, deltas: readonly Delta[], scripted: (deltas: readonly Delta[]) => Script): ComparisonView {
  let made = false;
  const script = once(() => {
    made = true;
    return scripted(deltas);
  });
  const families = [current, desired].map(({ objects }) => once(() => Map.groupBy(objects, (object) => object.parent ?? object.id)));
  const hazards = once(() => hazardsByObject(script()));
  return {
    current,
    desired,
    deltas,
    deltasOf: Map.groupBy(deltas, (delta) => delta.group),
    groups: compareGroups(current, desired, deltas),
    familyOf: (groupId) => ({ current: families[0]?.().get(groupId) ?? [], desired: families[1]?.().get(groupId) ?? [] }),
    ...compareTotals(current, desired, deltas),
    get script() {
      return script();
    },
    get hazards() {
      return hazards();
    },
    get isScripted() {
      return made;
    },
  };
}

/** The content of a reading, from memory when it was looked at before. */
export function snapshotOf(db: Reader, id: string): Promise<Snapshot> {
  const { snapshots } = kept();
  const known = snapshots.get(id);
  if (known) return known;
  const read = contentOf(db, id);
  snapshots.set(id, read);
  read.catch(() => snapshots.delete(id));
  return read;
}

async function forgetOldest(inUse: readonly string[]): Promise<void> {
  const { snapshots, comparisons } = kept();
  const sizes = new Map<string, number>();
  for (const [id, snapshot] of snapshots) sizes.set(id, (await snapshot).objects.length);
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const byUse = [...new Set([...comparisons.keys()].flatMap((key) => key.split(' ').slice(0, 2)))];
  const oldestFirst = [...[...snapshots.keys()].filter((id) => !byUse.includes(id)), ...byUse];
  for (const id of oldestFirst) {
    if (total <= MOST_OBJECTS) return;
    if (inUse.includes(id) || idsUnderWay().has(id)) continue;
    for (const key of comparisons.keys()) if (key.split(' ').slice(0, 2).includes(id)) comparisons.delete(key);
    snapshots.delete(id);
    total -= sizes.get(id) ?? 0;
  }
}
