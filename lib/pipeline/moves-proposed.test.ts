import { expect, test } from 'vitest';
import { withNames } from './moved-names.ts';
import { proposedMoves } from './moves-proposed.ts';
import { differences } from './noise.ts';
import { renameId } from './rename.ts';
import { fateOf } from './rename-fate.ts';
import { renameStatements } from './rename-kinds.ts';
import { renameCosts } from './rename-cost.ts';
import { differencesRenamed, foldRenames } from './renames.ts';
import { type Attribute, objectId, type ObjectKind, type SchemaObject } from './snapshot.ts';

const thing = (kind: ObjectKind, schema: string, name: string, attributes: Record<string, Attribute> = {}): SchemaObject => ({ id: objectId(kind, schema, name), kind, schema, name, parent: null, position: null, attributes });
const schema = (name: string): SchemaObject => ({ ...thing('schema', name, name), id: objectId('schema', name) });
const table = (of: string, name: string, columns: readonly string[], type = 'text'): SchemaObject[] => [thing('table', of, name), ...columns.map((column, at): SchemaObject => ({ id: objectId('column', of, name, column), kind: 'column', schema: of, name: column, parent: objectId('table', of, name), position: at + 1, attributes: { type, nullable: true, default: null } }))];
const proposed = (current: SchemaObject[], desired: SchemaObject[]) => proposedMoves({ objects: current }, { objects: desired }, differences({ objects: current }, { objects: desired }));
const index = (of: string, on: string): SchemaObject => ({ id: objectId('index', of, on, 'by_n'), kind: 'index', schema: of, name: 'by_n', parent: objectId('table', of, on), position: null, attributes: { definition: 'x' } });
const body = (name: string, text: string) => thing('function', 'public', `${name}()`, { definition: `CREATE OR REPLACE FUNCTION public.${name}()\n LANGUAGE plpgsql\nAS $function$ ${text} $function$\n` });
const stateMoved = (of: string, name: string) => (of === 'public' && name === 'state' ? 'sales.state' : undefined);
const both = [schema('public'), schema('sales')];

test('what has the same name in another schema is asked about, with how much of it is the same', () => {
  expect(proposed([...both, ...table('public', 'orders', ['id', 'total', 'note'])], [...both, ...table('sales', 'orders', ['id', 'total', 'added'])]).map((move) => [renameId(move), move.evidence])).toEqual([['rename:table:public.orders→table:sales.orders', ['the same name in another schema', '2 of 3 columns']]]);
  expect(proposed([...both, thing('enum', 'public', 'state', { labels: ['a', 'b'] })], [...both, thing('enum', 'sales', 'state', { labels: ['a', 'b', 'c'] })]).map(renameId)).toEqual(['rename:enum:public.state→enum:sales.state']);
});

test('two tables of one name with little in common, and one with two candidates, are not asked about', () => {
  expect(proposed([...both, ...table('public', 'orders', ['id', 'total', 'note'])], [...both, ...table('sales', 'orders', ['key', 'sum', 'note'])])).toEqual([]);
  expect(proposed([...both, schema('third'), ...table('public', 'orders', ['id', 'n'])], [...both, schema('third'), ...table('sales', 'orders', ['id', 'n']), ...table('third', 'orders', ['id', 'n'])])).toEqual([]);
});

test('a schema with much the same in it is one question, and what is in it none', () => {
  const before = [schema('sales'), ...table('sales', 'orders', ['id', 'n']), ...table('sales', 'lines', ['id', 'n'])];
  const after = [schema('shop'), ...table('shop', 'orders', ['id', 'n']), ...table('shop', 'lines', ['id', 'm'])];
  expect(proposed(before, after).map((move) => [renameId(move), move.evidence])).toEqual([['rename:schema:sales→schema:shop', ['2 of 2 things in it of the same kind and name']]]);
  const folded = foldRenames({ objects: before }, { objects: after }, [{ from: 'schema:sales', to: 'schema:shop' }]);
  expect(differencesRenamed(folded, { objects: after }).map(({ id }) => id)).toEqual(['rename:schema:sales→schema:shop', 'add:column:shop.lines.m', 'remove:column:shop.lines.n']);
});

test('a move into a schema that is not there makes it, and takes it away on the way back', () => {
  const current = [schema('public'), ...table('public', 'orders', ['id', 'n'])];
  const desired = [...both, ...table('sales', 'purchases', ['id', 'n'])];
  const folded = foldRenames({ objects: current }, { objects: desired }, [{ from: 'table:public.orders', to: 'table:sales.purchases' }]);
  const { taken } = folded;
  // The page puts as many statements beside the line about the name as it names things.
  expect(differencesRenamed(folded, { objects: desired }).flatMap((delta) => delta.attributes.map(({ name }) => name))).toEqual(['new schema', 'schema', 'name']);
  expect(taken.map((rename) => renameStatements(rename))).toEqual([{
    forward: ['CREATE SCHEMA sales', 'ALTER TABLE public.orders SET SCHEMA sales', 'ALTER TABLE sales.orders RENAME TO purchases'],
    back: ['ALTER TABLE sales.purchases RENAME TO orders', 'ALTER TABLE sales.orders SET SCHEMA public', 'DROP SCHEMA sales'],
  }]);
});

test('where the old name is taken in the new schema, the new name is given first', () => {
  const current = [...both, ...table('public', 'orders', ['id', 'n']), ...table('sales', 'orders', ['k'])];
  const desired = [...both, ...table('sales', 'purchases', ['id', 'n']), ...table('sales', 'orders', ['k'])];
  const { taken } = foldRenames({ objects: current }, { objects: desired }, [{ from: 'table:public.orders', to: 'table:sales.purchases' }]);
  expect(taken.flatMap((rename) => renameStatements(rename).forward)).toEqual(['ALTER TABLE public.orders RENAME TO purchases', 'ALTER TABLE public.purchases SET SCHEMA sales']);
});

test('a sequence that a column owns, and what would meet its name there, do not move', () => {
  const sides = { current: 'prod', desired: 'dev' };
  const owned = [...both, ...table('public', 'orders', ['id']), thing('sequence', 'public', 'no', { ownedBy: 'column:public.orders.id' })];
  expect(fateOf({ objects: owned }, { objects: [thing('sequence', 'sales', 'no')] }, { from: 'sequence:public.no', to: 'sequence:sales.no' }, sides)).toEqual({ fate: 'lapsed', why: 'In prod, sequence public.no belongs to column public.orders.id and goes where its table goes.' });
  const clash = [...both, ...table('public', 'orders', ['n']), index('public', 'orders'), ...table('sales', 'other', ['n']), index('sales', 'other')];
  expect(fateOf({ objects: clash }, { objects: table('sales', 'orders', ['n']) }, { from: 'table:public.orders', to: 'table:sales.orders' }, sides)).toEqual({ fate: 'lapsed', why: 'In prod, index sales.other.by_n has a name there that table public.orders or something of it has too.' });
});

test('a name follows in expressions and where a string stands for it, not in other strings, longer names or another schema', () => {
  expect(withNames(`'public.state'::text || 'public.state'::regclass || ('x'::public.state) public.state[] public.states other.public.state "public".state`, stateMoved)).toBe(`'public.state'::text || 'sales.state'::regclass || ('x'::sales.state) sales.state[] public.states other.public.state "public".state`);
});

test('routines that say the name in a text are named, unless they will say something else', () => {
  const current = [...both, ...table('public', 'orders', ['id', 'n']), body('a', 'select from public.orders'), body('b', 'select from other.orders, reorders'), body('c', 'select from orders'), body('d', 'select from orders')];
  const desired = [...both, ...table('sales', 'orders', ['id', 'n']), ...current.slice(-4, -1), body('d', 'select from sales.orders')];
  const { taken: [rename] } = foldRenames({ objects: current }, { objects: desired }, [{ from: 'table:public.orders', to: 'table:sales.orders' }]);
  expect(rename && renameCosts(rename)).toEqual(['From then on table public.orders is found as sales.orders alone: code that says its old schema, or has only that in its search_path, fails.', 'The name stands in the text of public.a() and public.c(), which no statement changes: what they say there is not found any more.']);
});
