import { sameAttribute } from '../diff.ts';
import { lettingGo, publicationKind, takingIn } from '../kinds/publication.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import type { Scope } from './scope.ts';

/**
 * A publication that is in the way of a table it names lets go of all it names, and takes it in again when the table is as it is to be: dropped, it would be another one to
 * whoever subscribes, and had to be made by somebody who may. Not what differs in more than that, nor what somebody labelled, which only a new one is rid of.
 */
export function isEmptied(scope: Scope, publication: SchemaObject): boolean {
  const both = [scope.before, scope.after].map((side) => side.objects.get(publication.id));
  return scope.recreated.has(publication.id) && scope.recreated.get(publication.id) !== 'it differs'
    && both.every((each) => each?.kind === 'publication' && each.attributes.allTables !== true)
    && !scope.before.satellites.some((each) => each.kind === 'security_label' && each.attributes.target === publication.id);
}

/** Without its comment, which is said anew where there is to be one, as on everything that is made anew. */
export function emptying(scope: Scope, publication: SchemaObject): string[] {
  const address = publicationKind.address(publication);
  const comment = objectId('comment', address);
  return [...lettingGo(publication), ...(scope.before.satellites.some(({ id }) => id === comment) && !scope.after.satellites.some(({ id }) => id === comment) ? [`COMMENT ON ${address} IS NULL`] : [])];
}

/** What it names, and its settings where these differ too. */
export function fillingAgain(scope: Scope, publication: SchemaObject): string[] {
  const before = scope.before.objects.get(publication.id) ?? publication;
  const names = new Set(Object.keys(publication.attributes).filter((name) => !sameAttribute(before.attributes[name] ?? null, publication.attributes[name] ?? null)));
  return takingIn(publication, { ...publication, attributes: { ...publication.attributes, tables: [], schemas: [] } }, names);
}
