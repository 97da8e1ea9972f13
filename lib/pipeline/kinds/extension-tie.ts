import { ident } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { textOf } from './relation.ts';

export interface ExtensionTieRow {
  /** The routine, trigger, materialized view or index; the constraint whose index it is. */
  target: SchemaObject;
  /** As ALTER names it. */
  on: string;
  extension: string;
}

/** `ALTER FUNCTION f() DEPENDS ON EXTENSION x`: the object goes with the extension, without being asked for. */
export const extensionTieKind = defineKind<ExtensionTieRow>({
  kind: 'extension_tie',
  label: { one: 'tie to an extension', many: 'ties to extensions' },
  query: 'introspect/extension_tie_list',
  attributes: [{ name: 'extension', label: 'extension', derived: true }, { name: 'on', label: 'on', derived: true }, { name: 'target', label: 'object', derived: true }],
  fromRow: ({ target, on, extension }) => ({ id: objectId('extension_tie', on, extension), kind: 'extension_tie', schema: target.schema, name: `${on} to ${extension}`, parent: target.parent ?? target.id, position: null, attributes: { extension, on, target: target.id } }),
  address: (object) => String(object.attributes.on).replace(/^AGGREGATE /, 'ROUTINE '),
  create: (object) => [{ stage: 'comment', sql: depends(object, 'DEPENDS') }],
  drop: (object) => [depends(object, 'NO DEPENDS')],
  leader: (object) => textOf(object, 'target'),
});

function depends(object: SchemaObject, words: string): string {
  return `ALTER ${extensionTieKind.address(object)} ${words} ON EXTENSION ${ident(String(object.attributes.extension))}`;
}
