import { describe, expect, test } from 'vitest';
import type { CompareGroup, CompareGroupDelta } from './align.ts';
import { listObjects, type ListFilter, type ListKnowledge, OPEN_DIFFERENCES } from './compare-list.ts';

const FILTER = OPEN_DIFFERENCES;

function delta(id: string, over: Partial<CompareGroupDelta> = {}): CompareGroupDelta {
  return { id, objectId: `column:${id}`, change: 'change', kind: 'column', name: id, attributes: [], ...over };
}
function group(schema: string, name: string, deltas: readonly CompareGroupDelta[]): CompareGroup {
  return { id: `table:${schema}.${name}`, kind: 'table', schema, name, change: deltas.length > 0 ? 'change' : 'identical', deltas, currentEstimate: null, desiredEstimate: null };
}

const GROUPS = [
  group('auth', 'auth', [delta('answered')]),
  group('public', 'exports', [delta('id'), delta('exports_pk', { kind: 'constraint', change: 'add' })]),
  group('public', 'metric', [delta('open'), delta('answered_too', { change: 'remove' })]),
  group('public', 'user', []),
];
const KNOWN: ListKnowledge = { isDecided: (id) => id.startsWith('answered'), hazards: null };
const names = (filter: Partial<ListFilter>, open: string | null = null) => listObjects(GROUPS, { ...FILTER, ...filter }, KNOWN, open).lines.map((line) => (line.line === 'schema' ? `${line.schema}/` : line.group.name));
const heads = (filter: Partial<ListFilter>, open: string) => listObjects(GROUPS, { ...FILTER, ...filter }, KNOWN, open).lines.flatMap((line) => (line.line === 'schema' ? [[line.schema, line.identical]] : []));

describe('the list of objects', () => {
  test('shows what differs and is not answered under its schema, and counts what it leaves out', () => {
    const list = listObjects(GROUPS, FILTER, KNOWN);
    expect(names({})).toEqual(['public/', 'exports', 'metric']);
    expect(list).toMatchObject({ objects: 2, differences: 3, open: 3, decided: 2, identical: 1 });
    expect(list.lines[0]).toEqual({ line: 'schema', schema: 'public', differing: 3, open: 3, identical: false, folded: false });
  });

  test('the open object stays in the list whatever the filter', () => {
    expect(names({ q: 'exports' }, 'table:public.user')).toEqual(['public/', 'exports', 'user']);
  });

  test('a schema of which only the open object stands there is called identical only when that is', () => {
    expect(heads({ q: 'metric' }, 'table:auth.auth')).toEqual([['auth', false], ['public', false]]);
    expect(heads({ q: 'nothing' }, 'table:public.user')).toEqual([['public', true]]);
  });

  test('a folded schema keeps its head and its numbers', () => {
    expect(names({ folded: ['public'] })).toEqual(['public/']);
    expect(listObjects(GROUPS, { ...FILTER, folded: ['public'] }, KNOWN)).toMatchObject({ objects: 2, open: 3 });
  });

  test('a name is found in the object and in its differences', () => {
    expect(names({ q: 'EXPORTS_P' })).toEqual(['public/', 'exports']);
    expect(listObjects(GROUPS, { ...FILTER, q: 'EXPORTS_P' }, KNOWN)).toMatchObject({ differences: 1 });
    expect(names({ q: 'public.exp' })).toEqual(['public/', 'exports']);
    expect(names({ q: 'nothing' })).toEqual([]);
  });

  test('kind, change and answer are asked of the same difference', () => {
    expect(names({ kind: 'column', change: 'add' })).toEqual([]);
    expect(names({ kind: 'constraint', change: 'add' })).toEqual(['public/', 'exports']);
    expect(names({ change: 'remove' })).toEqual([]);
    expect(names({ change: 'remove', decided: 'only' })).toEqual(['public/', 'metric']);
  });

  test('answered differences stand among the others, or alone, and are never open', () => {
    expect(names({ decided: 'shown' })).toEqual(['auth/', 'auth', 'public/', 'exports', 'metric']);
    expect(names({ decided: 'only' })).toEqual(['auth/', 'auth', 'public/', 'metric']);
    expect(listObjects(GROUPS, { ...FILTER, decided: 'only' }, KNOWN)).toMatchObject({ differences: 2, open: 0 });
  });

  test('what is the same on both sides is asked for', () => {
    expect(names({ all: true })).toEqual(['public/', 'exports', 'metric', 'user']);
    expect(names({ change: 'identical' })).toEqual(['public/', 'user']);
    expect(names({ change: 'identical', kind: 'index' })).toEqual([]);
  });

  test('every choice says how many it would show, and counts no answered difference unless those are shown', () => {
    const { byChange, byKind } = listObjects(GROUPS, { ...FILTER, kind: 'column', change: 'add' }, KNOWN);
    expect(byChange).toEqual({ change: 2, add: 0, remove: 0, identical: 0 });
    expect(byKind).toEqual([{ kind: 'constraint', count: 1 }]);
    expect(listObjects(GROUPS, { ...FILTER, decided: 'shown' }, KNOWN).byChange).toEqual({ change: 3, add: 1, remove: 1, identical: 1 });
  });

  test('what costs something is found by its cost, once the script is known', () => {
    const known: ListKnowledge = { ...KNOWN, hazards: new Map([['column:id', ['rewrites']], ['column:open', ['loses', 'refused']]]) };
    const list = listObjects(GROUPS, { ...FILTER, hazard: 'loses' }, known);
    expect(list.lines).toMatchObject([{ schema: 'public' }, { group: { name: 'metric' }, shown: [{ id: 'open' }], hazards: ['loses', 'refused'] }]);
    expect(list.byHazard).toEqual({ loses: 1, changes: 0, rewrites: 1, stops: 0, refused: 1 });
    expect(list.byChange).toMatchObject({ change: 1, add: 0, identical: 1 });
    expect(listObjects(GROUPS, FILTER, KNOWN).byHazard).toBeNull();
  });
});
