import { digestOf } from './digest.ts';
import { fingerprint, fingerprintsOf, objectFingerprint, type SchemaObject, type Snapshot } from './snapshot.ts';

// What a phase touches is named in two ways. An ObjectId stands for an object with everything that hangs on it: conversions and new tables. A
// delta's id stands for no more than that delta, so that phases of one plan do not void each other's signatures by changing one table.

const DELTA = /^(add|remove|change|aside):(.+)$/;
/** Compared beside an object, and so not in its fingerprint. */
const BESIDE = ['owner', 'version'] as const;

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
