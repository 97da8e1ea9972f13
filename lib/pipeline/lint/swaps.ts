import type { TableName } from '../plan.ts';
import type { LintScene } from './finding.ts';
import { keyOf } from './names-history.ts';
import { type NamedTable, namesOf } from './names.ts';
import type { Happening } from './names-walk.ts';

type Filled = Extract<Happening, { what: 'filled' }>;
type Renamed = Extract<Happening, { what: 'renamed' }>;

/** A table that a plan of people makes beside one that is there, fills from it and gives its name. */
export interface Swap {
  /** The table that was there, as it was called. */
  live: TableName;
  liveId: string;
  /** The new one, under the name that it was made with, as it stands when it takes the name. */
  shadow: NamedTable;
  made: TableName;
  copies: readonly Filled[];
  /** The rename that gives the new table the name. */
  into: Renamed;
  /** Where the old table went before that: renamed, or dropped. */
  away: Renamed | Extract<Happening, { what: 'dropped' }>;
}

const KNOWN = new WeakMap<LintScene, readonly Swap[]>();

/** Every swap by names in the plan, in its order; looked for once for a scene. */
export function swapsOf(scene: LintScene): readonly Swap[] {
  const known = KNOWN.get(scene) ?? lookForSwaps(scene);
  KNOWN.set(scene, known);
  return known;
}

function lookForSwaps(scene: LintScene): Swap[] {
  const names = namesOf(scene);
  const swaps: Swap[] = [];
  const left = Map.groupBy(names.happenings.filter((one) => one.what === 'renamed' || one.what === 'dropped'), (one) => (one.what === 'renamed' ? keyOf(one.from) : keyOf(one.table.table)));
  const filled = Map.groupBy(names.happenings.filter((one): one is Filled => one.what === 'filled'), (one) => one.id);
  const made = new Map(names.happenings.flatMap((one) => (one.what === 'made' ? [[one.table.id, one.table.table] as const] : [])));
  for (const into of names.happenings) {
    if (into.what !== 'renamed' || into.over) continue;
    const shadow = names.byId(into.at, into.id);
    const away = (left.get(keyOf(into.to)) ?? []).find((one) => one.at < into.at && (one.what === 'renamed' ? one.id !== into.id : one.what === 'dropped' && one.table.before !== null));
    if (!shadow || shadow.before !== null || shadow.madeBy === null || !away || (away.what !== 'renamed' && away.what !== 'dropped')) continue;
    const liveId = away.what === 'renamed' ? away.id : away.table.id;
    const copies = (filled.get(shadow.id) ?? []).filter((one) => one.from.includes(liveId));
    swaps.push({ live: into.to, liveId, shadow, made: made.get(shadow.id) ?? into.from, copies, into, away });
  }
  return swaps;
}
