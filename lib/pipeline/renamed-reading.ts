import type { SchemaObject, Snapshot } from './snapshot.ts';

/** As much of a reading as follows when something in it has another name or place. */
export type Read = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'dependencies' | 'estimates' | 'carried' | 'unread' | 'target'>>;

/** The reading with every object as `after` says it, and everything that is kept by an id under the id that `idAfter` says. */
export function throughReading<S extends Read>(snapshot: S, after: (one: SchemaObject) => SchemaObject, idAfter: (id: string) => string): S {
  const record = <T>(values: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(values).map(([id, value]) => [idAfter(id), value]));
  return {
    ...snapshot,
    objects: snapshot.objects.map(after),
    ...(snapshot.satellites ? { satellites: snapshot.satellites.map(after) } : {}),
    ...(snapshot.dependencies ? { dependencies: Object.fromEntries(Object.entries(snapshot.dependencies).map(([id, needs]) => [idAfter(id), needs.map(idAfter)])) } : {}),
    ...(snapshot.estimates ? { estimates: record(snapshot.estimates) } : {}),
    ...(snapshot.carried ? { carried: record(snapshot.carried) } : {}),
    ...(snapshot.unread ? { unread: snapshot.unread.map((one) => (one.id === undefined ? one : { ...one, id: idAfter(one.id) })) } : {}),
  };
}
