import { expect, test } from 'vitest';
import { differenceLines, withSignsFirst } from './comparison-lines.ts';
import type { AttributeChange, Delta } from './diff.ts';
import type { ObjectKind } from './snapshot.ts';

function changed(kind: ObjectKind, name: string, attributes: readonly AttributeChange[]): Delta {
  return { id: `change:${kind}:${name}`, change: 'change', kind, objectId: `${kind}:${name}`, group: name, current: null, desired: null, attributes, carries: [] };
}

function bodyOf(last: string): string {
  return ['BEGIN', ...Array.from({ length: 9 }, (_, at) => `  step ${at};`), last, 'END'].join('\n');
}

test('of a long body only the lines that differ are said, with those around them', () => {
  const delta = changed('function', 'f()', [{ name: 'definition', current: bodyOf('  return 1;'), desired: bodyOf('  return 2;') }]);
  expect(differenceLines(delta)).toEqual([
    '~ function f()', '    definition:', '        … 7 equal lines', '          step 6;', '          step 7;', '          step 8;', '      -   return 1;', '      +   return 2;', '        END',
  ]);
  expect(differenceLines(delta).map(withSignsFirst).filter((line) => /^[-+]/.test(line))).toEqual(['-         return 1;', '+         return 2;']);
  expect(bodiesChanged('a\n\nb', 'a\nb').map(withSignsFirst)).toContain('-');
});

function bodiesChanged(current: string, desired: string): string[] {
  return differenceLines(changed('function', 'f()', [{ name: 'definition', current, desired }])).slice(1);
}

test('a body from Windows differs in how its lines end, and only in those that say something else', () => {
  expect(bodiesChanged('BEGIN\r\n  a;\r\nEND', 'BEGIN\n  a;\nEND')).toEqual(['    definition: its lines end in CR LF → LF', '        … 3 equal lines']);
  expect(bodiesChanged('BEGIN\n  a;\nEND', 'BEGIN\r\n  b;\nEND')).toEqual(['    definition: its lines end in LF → CR LF and LF', '        BEGIN', '      -   a;', '      +   b;', '        END']);
  expect(bodiesChanged('a\r\nb\nc', 'a\nb\r\nc')).toEqual(['    definition: its lines end in CR LF and LF, in other places', '        … 3 equal lines']);
});

test('what follows from another attribute is said only where nothing else is', () => {
  const columns = { name: 'columns', current: ['a'], desired: ['a', 'b'] };
  const index = [{ name: 'definition', current: 'CREATE INDEX i ON t (a)', desired: 'CREATE INDEX i ON t (a, b)' }, { name: 'using', current: 'btree (a)', desired: 'btree (a, b)' }, columns];
  expect(differenceLines(changed('index', 'public.t.i', index))).toEqual(['~ index public.t.i', '    definition: btree (a) → btree (a, b)']);
  expect(differenceLines(changed('index', 'public.t.i', [columns]))).toEqual(['~ index public.t.i', '    columns: [a] → [a, b]']);
});

test('of a long list what goes and what comes is said, and of a short one the whole', () => {
  const rights = ['DELETE', 'INSERT', 'SELECT', 'TRUNCATE', 'UPDATE'].map((right) => `${right} TO application`);
  expect(differenceLines(changed('grant', 'TABLE t', [{ name: 'granted', current: rights, desired: [...rights.slice(1), 'SELECT TO x'] }]))).toEqual(['~ grant TABLE t', '    granted: 4 the same', '      - DELETE TO application', '      + SELECT TO x']);
  expect(differenceLines(changed('enum', 'public.e', [{ name: 'labels', current: ['a'], desired: ['a', 'b'] }]))).toEqual(['~ enum public.e', '    labels, in order: [a] → [a, b]']);
  const turned = differenceLines(changed('grant', 'TABLE t', [{ name: 'granted', current: rights, desired: rights.toReversed() }]));
  expect(turned[1]).toBe(`    granted: [${rights.join(', ')}] → [${rights.toReversed().join(', ')}]`);
});
