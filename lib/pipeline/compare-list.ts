import type { CompareGroup, CompareGroupDelta } from './align.ts';
import { isAside } from './noise.ts';
import { isRename } from './rename.ts';
import type { ScriptHazardCode } from './script/hazards.ts';
import type { Script } from './script/script.ts';
import { OBJECT_KINDS, type ObjectKind } from './snapshot.ts';

export type ListChange = CompareGroup['change'];

/** What the script of a difference costs, or that there is none. */
export type ListHazard = 'loses' | 'changes' | 'rewrites' | 'stops' | 'refused';
const HAZARDS: readonly ListHazard[] = ['loses', 'changes', 'rewrites', 'stops', 'refused'];

/** What a person asks of the list. Everything but `q` names a property of one and the same difference. */
export interface ListFilter {
  /** In the name of the object or of the difference, whatever the case. */
  q: string;
  kind: ObjectKind | null;
  change: ListChange | null;
  hazard: ListHazard | null;
  /** Differences that were answered: folded away, among the others, or alone. */
  decided: 'folded' | 'shown' | 'only';
  /** Objects without a difference too. */
  all: boolean;
  /** Schemas of which only the head is shown. */
  folded: readonly string[];
}

/** Everything that differs and is not answered. */
export const OPEN_DIFFERENCES: ListFilter = { q: '', kind: null, change: null, hazard: null, decided: 'folded', all: false, folded: [] };

/** A line of the list: a schema, or an object in it. */
export type ListLine =
  /** `identical`: none of the objects under it differs, whatever the filter lets through of their differences. */
  | { line: 'schema'; schema: string; differing: number; open: number; identical: boolean; folded: boolean }
  | {
      line: 'object';
      group: CompareGroup;
      /** Of its differences, those that the filter lets through. */
      shown: readonly CompareGroupDelta[];
      /** Ids of those that nobody has answered. */
      open: readonly string[];
      /** Worst first. */
      hazards: readonly ListHazard[];
    };

export interface ObjectList {
  lines: readonly ListLine[];
  /** What the filter lets through. */
  objects: number;
  differences: number;
  open: number;
  /** What would be added by one press: answered differences, and objects that are the same on both sides. */
  decided: number;
  identical: number;
  /** Differences behind each choice, were it pressed now: the rest of the filter holds. `identical` counts objects. */
  byChange: Readonly<Record<ListChange, number>>;
  byKind: readonly { kind: ObjectKind; count: number }[];
  /** null while no script was made. */
  byHazard: Readonly<Record<ListHazard, number>> | null;
}

/** What is known of a difference besides itself. */
export interface ListKnowledge {
  isDecided: (deltaId: string) => boolean;
  /** By ObjectId of the difference; null while no script was made: then every list is as if nothing cost anything. */
  hazards: ReadonlyMap<string, readonly ListHazard[]> | null;
}

interface Tally {
  decided: number;
  identical: number;
  byChange: Record<ListChange, number>;
  byKind: Map<ObjectKind, number>;
  byHazard: Record<ListHazard, number>;
}

/**
 * The objects that the filter lets through, under their schemas. `groups` in the order of compareGroups(). The open object always stands in
 * the list, so that one sees where one is.
 */
export function listObjects(groups: readonly CompareGroup[], filter: ListFilter, known: ListKnowledge, openId: string | null = null): ObjectList {
  const tally: Tally = { decided: 0, identical: 0, byChange: { change: 0, add: 0, remove: 0, identical: 0 }, byKind: new Map(), byHazard: { loses: 0, changes: 0, rewrites: 0, stops: 0, refused: 0 } };
  const q = filter.q.trim().toLowerCase();
  const sections = new Map<string, Extract<ListLine, { line: 'object' }>[]>();
  for (const group of groups) {
    const shown = group.deltas.length === 0 ? identicalShown(group, filter, q, tally) : matching(group, filter, q, known, tally);
    if (shown === null && group.id !== openId) continue;
    const own = new Set((shown ?? []).flatMap((delta) => hazardsOf(delta, known)));
    const line = { line: 'object' as const, group, shown: shown ?? [], open: (shown ?? []).filter((delta) => !known.isDecided(delta.id)).map((delta) => delta.id), hazards: HAZARDS.filter((hazard) => own.has(hazard)) };
    const section = sections.get(group.schema);
    if (section) section.push(line);
    else sections.set(group.schema, [line]);
  }
  return { ...linesOf(sections, filter), decided: tally.decided, identical: tally.identical, byChange: tally.byChange, byKind: OBJECT_KINDS.flatMap((kind) => (tally.byKind.has(kind) ? [{ kind, count: tally.byKind.get(kind) ?? 0 }] : [])), byHazard: known.hazards && tally.byHazard };
}

function linesOf(sections: ReadonlyMap<string, readonly Extract<ListLine, { line: 'object' }>[]>, filter: ListFilter): Pick<ObjectList, 'lines' | 'objects' | 'differences' | 'open'> {
  const lines: ListLine[] = [];
  let [objects, differences, open] = [0, 0, 0];
  for (const [schema, members] of sections) {
    const differing = members.reduce((sum, member) => sum + member.shown.length, 0);
    const openHere = members.reduce((sum, member) => sum + member.open.length, 0);
    const folded = filter.folded.includes(schema);
    lines.push({ line: 'schema', schema, differing, open: openHere, identical: members.every(({ group }) => group.deltas.length === 0), folded });
    if (!folded) lines.push(...members);
    objects += members.length;
    differences += differing;
    open += openHere;
  }
  return { lines, objects, differences, open };
}

/** An object without differences is nobody's answer and of no kind of change but one. */
function identicalShown(group: CompareGroup, filter: ListFilter, q: string, tally: Tally): [] | null {
  if (!named(group.schema, group.name, q) || (filter.kind !== null && filter.kind !== group.kind)) return null;
  tally.byChange.identical += 1;
  if (filter.change === 'identical') return [];
  if (filter.change !== null || filter.hazard !== null || filter.decided === 'only') return null;
  if (filter.all) return [];
  tally.identical += 1;
  return null;
}

function matching(group: CompareGroup, filter: ListFilter, q: string, known: ListKnowledge, tally: Tally): CompareGroupDelta[] | null {
  const whole = named(group.schema, group.name, q);
  const shown: CompareGroupDelta[] = [];
  for (const delta of group.deltas) {
    if (!whole && !delta.name.toLowerCase().includes(q)) continue;
    const hazards = hazardsOf(delta, known);
    const ofChange = filter.change === null || filter.change === delta.change;
    const ofKind = filter.kind === null || filter.kind === delta.kind;
    const ofHazard = filter.hazard === null || hazards.includes(filter.hazard);
    const decided = known.isDecided(delta.id);
    if (decided && filter.decided === 'folded') {
      if (ofChange && ofKind && ofHazard) tally.decided += 1;
      continue;
    }
    if (!decided && filter.decided === 'only') continue;
    if (ofKind && ofHazard) tally.byChange[delta.change] += 1;
    if (ofChange && ofHazard) tally.byKind.set(delta.kind, (tally.byKind.get(delta.kind) ?? 0) + 1);
    if (ofChange && ofKind) for (const hazard of hazards) tally.byHazard[hazard] += 1;
    if (ofChange && ofKind && ofHazard) shown.push(delta);
  }
  return shown.length > 0 ? shown : null;
}

/** A name, an owner or an order of columns costs nothing, whatever the object beside it does. */
function hazardsOf(delta: CompareGroupDelta, known: ListKnowledge): readonly ListHazard[] {
  return isAside(delta) || isRename(delta) ? [] : (known.hazards?.get(delta.objectId) ?? []);
}

function named(schema: string, name: string, q: string): boolean {
  return q === '' || `${schema}.${name}`.toLowerCase().includes(q);
}

const SCRIPT_HAZARDS: Readonly<Record<ScriptHazardCode, ListHazard>> = { LOSES_DATA: 'loses', CHANGES_VALUES: 'changes', REWRITES_TABLE: 'rewrites', STOPS_ON_ROWS: 'stops' };

/** What a script costs, by ObjectId. */
export function hazardsByObject(script: Script): Map<string, ListHazard[]> {
  const found = new Map<string, ListHazard[]>();
  const add = (objectId: string, hazard: ListHazard) => {
    const known = found.get(objectId);
    if (!known) found.set(objectId, [hazard]);
    else if (!known.includes(hazard)) known.push(hazard);
  };
  for (const step of script.steps) for (const { objectId, hazardCodes } of step.statements) for (const code of hazardCodes) add(objectId, SCRIPT_HAZARDS[code]);
  for (const { objectId } of script.refusals) add(objectId, 'refused');
  return found;
}
