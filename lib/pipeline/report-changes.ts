import type { Delta } from './diff.ts';
import { outsideOf } from './drift.ts';
import { attributeLabel, kindLabel } from './kinds/all.ts';
import { differences, isNoise } from './noise.ts';
import type { Plan } from './plan.ts';
import type { Attribute, ObjectKind, Snapshot } from './snapshot.ts';
import { counted, listed } from './words.ts';

/** One thing that is not as it was. */
export interface ReportChange {
  change: Delta['change'];
  /** `column id`, `foreign key exports_project_id_fkey`. */
  what: string;
  /** Of something that was changed; empty for what came or went. */
  attributes: readonly { name: string; before: string; after: string }[];
  /** What came or went with it: `12 columns and 3 indexes`; empty: nothing. */
  with: string;
  /** No phase of the plan was to change this. */
  outside: boolean;
}

/** What a plan changed in its target, from the readings on both sides of its runs. */
export interface ReportChanges {
  /** ISO times of the two readings. */
  beforeAt: string;
  afterAt: string;
  /** By table, or by the object itself where it belongs to none; in the order of their names. */
  groups: readonly { name: string; changes: readonly ReportChange[] }[];
  /** Differences of owners, grants, comments and the like. */
  quiet: number;
  /** How many of each kind there were and are, where that changed. */
  counts: readonly { kind: string; before: number; after: number }[];
}

const COUNTED: readonly ObjectKind[] = ['table', 'column', 'constraint', 'index', 'view', 'sequence', 'enum', 'function', 'trigger'];

/**
 * What is different after a plan's runs. Pure.
 * @param ran the phases that ran in between, by which changes of others are told apart
 * @returns null when the two were not read in the same way: what differs may be the reading
 */
export function reportChanges(before: Snapshot, after: Snapshot, ran: readonly { plan: Plan; phaseId: string }[]): ReportChanges | null {
  if (before.reader !== after.reader) return null;
  const deltas = differences(before, after);
  const outside = new Set(outsideOf(before, after, deltas, ran).map((delta) => delta.id));
  const loud = deltas.filter((delta) => !isNoise(delta));
  const groups = [...Map.groupBy(loud, (delta) => delta.group)].map(([group, inside]) => ({ name: nameIn(group), changes: inside.map((delta) => changeOf(delta, outside)) }));
  return {
    beforeAt: before.takenAt, afterAt: after.takenAt, quiet: deltas.length - loud.length, counts: countsOf(before, after),
    groups: groups.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function changeOf(delta: Delta, outside: ReadonlySet<string>): ReportChange {
  const name = (delta.desired ?? delta.current)?.name ?? '';
  return {
    change: delta.change, outside: outside.has(delta.id), with: carried(delta.carries),
    what: delta.group === delta.objectId ? kindLabel(delta.kind, 1) : `${kindLabel(delta.kind, 1)} ${name}`,
    attributes: delta.attributes.map((one) => ({ name: attributeLabel(delta.kind, one.name), before: spelled(one.current), after: spelled(one.desired) })),
  };
}

function carried(ids: readonly string[]): string {
  const kinds = Map.groupBy(ids, (id) => id.slice(0, id.indexOf(':')));
  return listed([...kinds].filter(([kind]) => COUNTED.some((one) => one === kind)).map(([kind, inside]) => counted(inside.length, kindLabel(kind as ObjectKind, 1), kindLabel(kind as ObjectKind, 2))));
}

function spelled(value: Attribute): string {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** `table:public.orders` → `orders`; what is not in public keeps its schema. */
function nameIn(id: string): string {
  return id.slice(id.indexOf(':') + 1).replace(/^public\./, '');
}

function countsOf(before: Snapshot, after: Snapshot): ReportChanges['counts'] {
  return COUNTED.flatMap((kind) => {
    const [was, is] = [before, after].map((side) => side.objects.filter((object) => object.kind === kind).length);
    return was === is || was === undefined || is === undefined ? [] : [{ kind: kindLabel(kind, 2), before: was, after: is }];
  });
}
