import { expect, test } from 'vitest';
import { diff } from '../diff.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { makeScript } from './script.ts';

const table = (name: string, inherits: string[] = []): SchemaObject => ({ id: objectId('table', 'public', name), kind: 'table', schema: 'public', name, parent: null, position: null, attributes: { inherits: inherits.map((parent) => objectId('table', 'public', parent)) } });
const column = (of: string, inherited: boolean, local: boolean): SchemaObject => ({ id: objectId('column', 'public', of, 'b'), kind: 'column', schema: 'public', name: 'b', parent: objectId('table', 'public', of), position: 1, attributes: { type: 'integer', nullable: true, default: null, inherited, local }, aside: { local } });
const tables = [table('p'), table('q'), table('own', ['p']), table('both', ['p', 'q'])];

test('a column that becomes the own of one heir while another has it from elsewhere is refused by name', () => {
  const current = { objects: [...tables, column('p', false, true), column('q', false, true), column('own', true, false), column('both', true, false)] };
  const desired = { objects: [...tables, column('q', false, true), column('own', false, true), column('both', true, false)] };
  expect(makeScript(current, desired, diff(current, desired)).refusals.map(({ objectId: id }) => id)).toEqual(['column:public.p.b']);
  const without = (side: typeof current) => ({ objects: side.objects.filter(({ id, parent }) => id !== 'table:public.both' && parent !== 'table:public.both') });
  const made = makeScript(without(current), without(desired), diff(without(current), without(desired)));
  expect([made.refusals, made.steps.flatMap((step) => step.statements.map(({ sql }) => sql))]).toEqual([[], ['ALTER TABLE ONLY public.p DROP COLUMN b']]);
});
