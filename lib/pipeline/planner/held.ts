import { ident, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import type { Statement } from '../plan.ts';
import { spoken } from '../script/scope.ts';
import { defaultId, reached, sideOf } from '../script/side.ts';
import type { ObjectKind, SchemaObject } from '../snapshot.ts';
import { execute, refuse, text, type Workbench } from './input.ts';

/** Something that went into the keep schema instead of being dropped, until clean-up. */
export interface Held {
  object: SchemaObject;
  /** By which clean-up drops it. */
  drop: string;
}

/** Kinds that a statement moves as they are; what rests on them knows them by number and does not notice. */
const MOVABLE: ReadonlySet<ObjectKind> = new Set(['sequence', 'enum', 'domain', 'composite_type', 'range_type', 'function', 'procedure', 'aggregate', 'collation']);

/**
 * What the plan keeps of the target rests on these ids. `converted`: tables whose old ones stay, with everything of theirs and the views that read them. `kept`: tables
 * that are set aside with everything of theirs, and single columns, of which only the values stay.
 */
export function restedOnByKept(bench: Workbench, converted: readonly string[], kept: readonly string[]): ReadonlySet<string> {
  const side = sideOf(bench.input.current.objects, bench.input.current.dependencies ?? {});
  const parts = (id: string) => (id.startsWith('column:') ? [...side.needs(id), ...side.needs(defaultId(id))].filter((each) => each !== bench.current.get(id)?.parent) : [id, ...(bench.currentFamily.get(id) ?? []).map((object) => object.id)]);
  return reached([...[...converted, ...kept].flatMap(parts), ...converted.flatMap((id) => readersOf(bench, id))], (id) => {
    const object = bench.current.get(id);
    // A partition that leaves its parent leaves the parent's keys and indexes too.
    const leaves = object ? text(object, 'partitionOf') : null;
    return [...side.needs(id).filter((each) => each !== leaves), ...(id.startsWith('column:') ? side.needs(defaultId(id)) : [])];
  });
}

/** The old views stay over the old tables. The server knows them to rest on the columns that they read. */
export function readersOf(bench: Workbench, id: string): string[] {
  const read = [id, ...(bench.currentFamily.get(id) ?? []).flatMap((object) => (object.kind === 'column' ? [object.id] : []))];
  const readers = [...new Set(read.flatMap((each) => bench.dependents(each)))].filter((each) => each.startsWith('view:') || each.startsWith('materialized_view:'));
  return [...readers, ...readers.flatMap((each) => readersOf(bench, each))];
}

/** Must it move rather than go? A sequence holds its position, and what kept tables rest on cannot be dropped from under them. */
export function mustMove(bench: Workbench, object: SchemaObject): boolean {
  return object.kind === 'sequence' || (object.kind !== 'schema' && bench.keptNeeds.has(object.id));
}

/** Refuses by name what no statement moves, and a second thing of one name: the keep schema is one. */
export function canMove(bench: Workbench, object: SchemaObject): boolean {
  if (!MOVABLE.has(object.kind)) {
    refuseToMove(bench, object);
    return false;
  }
  const taken = bench.held.some((one) => one.object.id !== object.id && room(one.object) === room(object) && bareName(one.object) === bareName(object)) || (room(object) === 'relation' && bench.keptNames.has(object.name));
  if (taken) refuse(bench, `Two of what this plan sets aside have the name ${object.name}, and it keeps them in one schema: make two plans of them.`);
  return !taken;
}

export function refuseToMove(bench: Workbench, object: SchemaObject): void {
  refuse(bench, `${spoken(object)} is chosen to go or to be made anew, and what this plan keeps for the way back rests on it: plan that apart.`);
}

/** Moves the object into the keep schema in place of its DROP, and notes it for clean-up. */
export function hold(bench: Workbench, object: SchemaObject): Statement[] {
  if (!bench.held.some((one) => one.object.id === object.id)) bench.held.push({ object, drop: `DROP ${dropWord(object)} ${ident(bench.keepSchema)}.${bareName(object)} RESTRICT` });
  return [
    ...(text(object, 'ownedBy') === null || object.kind !== 'sequence' ? [] : [execute(`take the sequence ${object.name} from its column`, `ALTER SEQUENCE ${qualified(object)} OWNED BY NONE`)]),
    execute(`set ${object.name} aside`, `ALTER ${kindOf(object.kind).address(object)} SET SCHEMA ${ident(bench.keepSchema)}`),
  ];
}

/** In place of the CREATE that would make it anew. */
export function bringHeldBack(bench: Workbench, object: SchemaObject): Statement {
  return execute(`bring ${object.name} back`, `ALTER ${kindOf(object.kind).address({ ...object, schema: bench.keepSchema })} SET SCHEMA ${ident(object.schema)}`);
}

/** Statements that would make an object again that only moved; whose sequence it is, is said apart and stays. */
export function creates(object: SchemaObject): ReadonlySet<string> {
  return new Set(kindOf(object.kind).create(object, []).filter(({ stage }) => stage !== 'ownership').map(({ sql }) => sql));
}

/** What rests on another goes first. */
export function inOrderOfDrop(bench: Workbench): Held[] {
  const side = sideOf(bench.input.current.objects, bench.input.current.dependencies ?? {});
  const depth = new Map<string, number>();
  const depthOf = (id: string, seen: ReadonlySet<string>): number => {
    const known = depth.get(id);
    if (known !== undefined || seen.has(id)) return known ?? 0;
    const below = side.needs(id).filter((each) => each !== id).map((each) => depthOf(each, new Set([...seen, id])) + 1);
    const mine = Math.max(0, ...below);
    depth.set(id, mine);
    return mine;
  };
  return bench.held.toSorted((a, b) => depthOf(b.object.id, new Set()) - depthOf(a.object.id, new Set()) || (a.object.id < b.object.id ? -1 : 1));
}

/** Relations and types share one room of names, because a relation has a type of its name. */
function room({ kind }: SchemaObject): string {
  if (kind === 'function' || kind === 'procedure' || kind === 'aggregate') return 'routine';
  return kind === 'collation' ? 'collation' : 'relation';
}

/** Without the arguments, whose types may stand elsewhere by then. */
function bareName(object: SchemaObject): string {
  return room(object) === 'routine' ? (/^(?:"(?:[^"]|"")*"|[^(]+)/.exec(object.name)?.[0] ?? object.name) : ident(object.name);
}

function dropWord({ kind }: SchemaObject): string {
  switch (kind) {
    case 'sequence': return 'SEQUENCE';
    case 'collation': return 'COLLATION';
    case 'function':
    case 'procedure':
    case 'aggregate': return kind.toUpperCase();
    default: return 'TYPE';
  }
}
