import { expect, test } from 'vitest';
import { diff } from '../diff.ts';
import { objectId, type ObjectKind, type SchemaObject } from '../snapshot.ts';
import { appliedTo } from './apply.ts';

function part(kind: ObjectKind, table: string, name: string): SchemaObject {
  return { id: objectId(kind, 'public', table, name), kind, schema: 'public', name, parent: objectId('table', 'public', table), position: null, attributes: {} };
}

const tables = ['parent', 'child'].map((name): SchemaObject => ({ id: objectId('table', 'public', name), kind: 'table', schema: 'public', name, parent: null, position: null, attributes: {} }));
const foreignKey = part('constraint', 'child', 'child_fkey');
const current = { objects: [...tables, part('index', 'parent', 'one_each'), foreignKey], dependencies: { [foreignKey.id]: ['index:public.parent.one_each'] } };
const desired = { objects: [...tables, part('constraint', 'parent', 'one_each'), foreignKey], dependencies: { [foreignKey.id]: ['constraint:public.parent.one_each'] } };

test('a foreign key that is the same on both sides rests on its old unique index as long as no difference takes it away', () => {
  expect(appliedTo(current, desired, []).dependencies[foreignKey.id]).toEqual(['index:public.parent.one_each']);
});

test('it rests on the other unique key once the old one is gone', () => {
  expect(appliedTo(current, desired, diff(current, desired)).dependencies[foreignKey.id]).toEqual(['constraint:public.parent.one_each']);
});
