import { literal } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { textOf } from './relation.ts';

export interface CommentRow {
  /** The object that it hangs on: of a column that is no object (of a view), the relation. */
  target: SchemaObject;
  /** As COMMENT ON names it. */
  on: string;
  column: string | null;
  text: string;
}

export const commentKind = defineKind<CommentRow>({
  kind: 'comment',
  label: { one: 'comment', many: 'comments' },
  query: 'introspect/comment_list',
  attributes: [{ name: 'text', label: 'text', remedy: 'altered' }, { name: 'on', label: 'on', derived: true }, { name: 'target', label: 'object', derived: true }],
  fromRow: ({ target, on, text }) => ({ id: objectId('comment', on), kind: 'comment', schema: target.schema, name: on, parent: target.parent ?? target.id, position: null, attributes: { text, on, target: target.id } }),
  address: (object) => `COMMENT ON ${String(object.attributes.on)}`,
  create: (object) => [{ stage: 'comment', sql: comment(object, textOf(object, 'text')) }],
  drop: (object) => [comment(object, null)],
  alter: ({ desired }) => [comment(desired, textOf(desired, 'text'))],
  leader: (object) => textOf(object, 'target'),
});

function comment(object: SchemaObject, text: string | null): string {
  return `COMMENT ON ${String(object.attributes.on)} IS ${text === null ? 'NULL' : literal(text)}`;
}

