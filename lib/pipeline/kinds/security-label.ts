import { ident, literal } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { textOf } from './relation.ts';

export interface SecurityLabelRow {
  /** The object that it hangs on: of a column that is no object (of a view), the relation. */
  target: SchemaObject;
  /** As SECURITY LABEL ON names it. */
  on: string;
  /** The module that reads the label: masking rules of columns, rules of mandatory access. */
  provider: string;
  text: string;
}

/** A server takes a label only while the module of its provider is loaded. */
export const securityLabelKind = defineKind<SecurityLabelRow>({
  kind: 'security_label',
  label: { one: 'security label', many: 'security labels' },
  query: 'introspect/security_label_list',
  attributes: [{ name: 'text', label: 'text', remedy: 'altered' }, { name: 'provider', label: 'provider', derived: true }, { name: 'on', label: 'on', derived: true }, { name: 'target', label: 'object', derived: true }],
  fromRow: ({ target, on, provider, text }) => ({ id: objectId('security_label', on, provider), kind: 'security_label', schema: target.schema, name: `${on} for ${provider}`, parent: target.parent ?? target.id, position: null, attributes: { text, provider, on, target: target.id } }),
  address: (object) => `SECURITY LABEL FOR ${ident(String(object.attributes.provider))} ON ${String(object.attributes.on)}`,
  create: (object) => [{ stage: 'comment', sql: label(object, textOf(object, 'text')) }],
  drop: (object) => [label(object, null)],
  alter: ({ desired }) => [label(desired, textOf(desired, 'text'))],
  leader: (object) => textOf(object, 'target'),
});

function label(object: SchemaObject, text: string | null): string {
  return `${securityLabelKind.address(object)} IS ${text === null ? 'NULL' : literal(text)}`;
}
