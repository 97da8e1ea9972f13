import { createSequence, movedPosition, ownSequence, qualified } from '../ddl.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import type { IdentitySequence } from './column.ts';
import { type CreatingStatement, defineKind } from './kind.ts';
import { textOf } from './relation.ts';

interface Row extends IdentitySequence {
  schema: string;
  type: string;
  persistence: string;
  owner: string;
  owner_schema: string | null;
  owner_table: string | null;
  owner_column: string | null;
}

export const sequenceKind = defineKind<Row>({
  kind: 'sequence',
  label: { one: 'sequence', many: 'sequences' },
  query: 'introspect/sequence_list',
  catalog: 'pg_class',
  attributes: [
    { name: 'type', label: 'type', remedy: 'altered' },
    { name: 'start', label: 'start', remedy: 'altered' },
    { name: 'increment', label: 'increment', remedy: 'altered' },
    { name: 'min', label: 'minimum', remedy: 'altered' },
    { name: 'max', label: 'maximum', remedy: 'altered' },
    { name: 'cache', label: 'cache', remedy: 'altered' },
    { name: 'cycle', label: 'cycles', usual: false, remedy: 'altered' },
    { name: 'persistence', label: 'persistence', usual: 'permanent', remedy: 'altered' },
    { name: 'ownedBy', label: 'owned by', remedy: 'altered' },
  ],
  aside: ['owner'],
  holdsData: true,
  grantedAs: 'SEQUENCE',
  fromRow: ({ owner, schema, name, owner_schema, owner_table, owner_column, ...row }) => {
    const { type, start, increment, min, max, cache, cycle, persistence } = row;
    const ownedBy = owner_schema !== null && owner_table !== null && owner_column !== null ? objectId('column', owner_schema, owner_table, owner_column) : null;
    return { id: objectId('sequence', schema, name), kind: 'sequence', schema, name, parent: null, position: null, attributes: { type, start, increment, min, max, cache, cycle, persistence, ownedBy }, aside: { owner } };
  },
  create: (object) => [{ stage: 'sequence', sql: createSequence(object) }, ...ownership(object)],
  leader: (object) => textOf(object, 'ownedBy'),
  alter: ({ current, desired, names }) => {
    const alter = `ALTER SEQUENCE ${qualified(desired)}`;
    const value = (name: string) => String(desired.attributes[name]);
    const options = ['type', 'start', 'increment', 'min', 'max', 'cache', 'cycle'].some((name) => names.has(name));
    const range = { min: bound(current, 'min'), max: bound(current, 'max'), start: bound(current, 'start') };
    const moved = movedPosition(desired, range, { min: bound(desired, 'min'), max: bound(desired, 'max'), increment: bound(desired, 'increment') });
    return [
      ...(options ? [...moved.before, `${alter} AS ${value('type')} INCREMENT BY ${value('increment')} MINVALUE ${value('min')} MAXVALUE ${value('max')} START WITH ${value('start')} CACHE ${value('cache')} ${desired.attributes.cycle === true ? 'CYCLE' : 'NO CYCLE'}${moved.restart ? ' RESTART' : ''}`] : []),
      ...(names.has('persistence') ? [`${alter} SET ${desired.attributes.persistence === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}`] : []),
    ];
  },
});

function bound(sequence: SchemaObject, name: 'min' | 'max' | 'start' | 'increment'): bigint {
  return BigInt(String(sequence.attributes[name]));
}

function ownership(object: SchemaObject): CreatingStatement[] {
  if (typeof object.attributes.ownedBy !== 'string') return [];
  const [schema, name, column] = parseObjectId(object.attributes.ownedBy).path;
  if (schema === undefined || name === undefined || column === undefined) return [];
  return [{ stage: 'ownership', sql: ownSequence(object, { schema, name }, column) }];
}
