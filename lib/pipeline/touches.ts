import { digestOf } from './digest.ts';
import { isSatellite } from './kinds/all.ts';
import { fingerprint, fingerprintsOf, OBJECT_KINDS, objectFingerprint, type ObjectKind, type SchemaObject, type Snapshot } from './snapshot.ts';

// What a phase touches is named in two ways. An ObjectId stands for an object with everything that hangs on it: conversions and new tables. A
// delta's id stands for no more than that delta, so that phases of one plan do not void each other's signatures by changing one table.

const DELTA = /^(add|remove|change|aside):(.+)$/;
/** Compared beside an object, and so not in its fingerprint. */
const BESIDE = ['owner', 'version'] as const;

const RELATIONS: readonly ObjectKind[] = ['table', 'foreign_table', 'view', 'materialized_view'];
const HANG_ON_RELATIONS: readonly ObjectKind[] = ['column', 'constraint', 'index', 'statistics', 'trigger', 'rule', 'policy'];

type Read = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites'>>;

/** Fingerprints of what is named, `absent` for what is not there. */
export function touchedPrints(snapshot: Read, touches: readonly string[]): Record<string, string> {
  const whole = fingerprintsOf(snapshot.objects, touches.filter((id) => !DELTA.test(id)));
  const deltas = touches.filter((id) => DELTA.test(id));
  if (deltas.length === 0) return whole;
  const all = [...snapshot.objects, ...(snapshot.satellites ?? [])];
  const wanted = new Set(deltas.map(objectOf));
  const families = new Map<string, SchemaObject[]>();
  for (const object of all) for (const id of [object.id, object.parent ?? '']) if (wanted.has(id)) families.set(id, [...(families.get(id) ?? []), object]);
  return { ...whole, ...Object.fromEntries(deltas.map((touch) => [touch, printOf(touch, families.get(objectOf(touch)) ?? [])])) };
}

/** Whether it stands for a delta, whose fingerprint takes in comments and grants. */
export function isDelta(touch: string): boolean {
  return DELTA.test(touch);
}

/** The kinds that touchedPrints asks for: those named, and those whose objects hang on them. null: any, as what is beside the schema is on anything. */
export function kindsTouched(touches: readonly string[]): ReadonlySet<ObjectKind> | null {
  const kinds = new Set<ObjectKind>();
  for (const touch of touches) {
    const id = objectOf(touch);
    const kind = OBJECT_KINDS.find((each) => each === id.slice(0, id.indexOf(':')));
    if (kind === undefined || (isSatellite(kind) && kind !== 'default_privileges')) return null;
    kinds.add(kind);
  }
  if (RELATIONS.some((kind) => kinds.has(kind))) for (const kind of HANG_ON_RELATIONS) kinds.add(kind);
  if (kinds.has('foreign_server')) kinds.add('user_mapping');
  // Constraints and indexes know their columns by number.
  if (kinds.has('constraint') || kinds.has('index')) kinds.add('column');
  return kinds;
}

/** The ObjectId that a touch is about. */
export function objectOf(touch: string): string {
  return DELTA.exec(touch)?.[2] ?? touch;
}

function printOf(touch: string, family: readonly SchemaObject[]): string {
  const kind = DELTA.exec(touch)?.[1];
  const object = family.find((one) => one.id === objectOf(touch));
  if (!object) return 'absent';
  if (kind === 'change') return objectFingerprint(object);
  if (kind === 'aside') return digestOf({ id: object.id, beside: BESIDE.map((name) => object.aside?.[name] ?? null), statisticsTarget: object.attributes.statisticsTarget ?? null });
  return fingerprint(family);
}
