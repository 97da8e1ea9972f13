import { expect, test } from 'vitest';
import { nearMisses } from './near-miss.ts';
import type { SchemaObject } from './snapshot.ts';

const origin = { name: 'draft.sql', digest: '0', notes: [] };
const columns = (table: string, names: readonly string[], type = 'text'): SchemaObject[] =>
  names.map((name, at) => ({ id: `column:public.${table}.${name}`, kind: 'column', schema: 'public', name, parent: `table:public.${table}`, position: at, attributes: { type } }));
const many = (count: number) => Array.from({ length: count }, (_, at) => `c${at}`);

test('a draft of 22 columns where 29 are real says both numbers and names what it lacks', () => {
  const draft = { database: 'draft.sql', snapshot: { origin, objects: columns('task', many(22)) } };
  const real = { database: 'dev', snapshot: { objects: columns('task', many(29)) } };
  const [miss] = nearMisses(draft, real);
  expect(miss?.sentence).toBe('draft.sql makes public.task with 22 columns, dev has 29: draft.sql lacks c22, c23, c24, c25, c26, c27, c28.');
  expect(nearMisses(real, draft)).toEqual([miss]);
});

test('equal tables, tables that only one side has, and two databases say nothing', () => {
  const draft = { database: 'draft.sql', snapshot: { origin, objects: [...columns('a', ['x']), ...columns('new', ['x'])] } };
  const real = { database: 'dev', snapshot: { objects: [...columns('a', ['x']), ...columns('other', ['x'])] } };
  expect(nearMisses(draft, real)).toEqual([]);
  expect(nearMisses({ ...real, snapshot: { objects: columns('a', ['y']) } }, real)).toEqual([]);
});
