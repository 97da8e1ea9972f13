import { literal, qualified } from '../ddl.ts';
import type { Assertion, Phase, Step } from '../plan.ts';
import { type Rename, renameId, renameOf, type TakenRename } from '../rename.ts';
import { partStatements } from '../renamed-parts.ts';
import { oldNameFails, renameStatements } from '../renames.ts';
import { objectId, parseObjectId } from '../snapshot.ts';
import { execute, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/**
 * One phase before all others that gives chosen tables and columns their new names: a change of the catalog that keeps every row, index, grant
 * and view. Everything after it speaks of the new names.
 */
export function renamePhase(bench: Workbench): Phase[] {
  const ids = new Set(bench.chosen.filter((delta) => renameOf(delta.id)).map((delta) => delta.id));
  for (const id of ids) bench.taken.add(id);
  // In the order in which they were taken: a column is renamed under the new name of its table.
  const chosen = bench.renames.filter((rename) => ids.has(renameId(rename)));
  if (chosen.length === 0) return [];
  return [{
    id: 'rename',
    kind: 'rename',
    title: `Rename ${chosen.length === 1 ? said(chosen[0] ?? { from: '', to: '' }).what : `${chosen.length} tables and columns`}`,
    summary: 'Gives what a person recognised under another name that name, with its rows and everything that rests on it. Code that still uses the old name fails from then on.',
    steps: chosen.map((rename, at) => ({ ...stepOf(rename), id: `rename.${at + 1}` })),
    checks: [],
    verifications: chosen.map(isThere),
    price: [],
    touches: [...new Set(chosen.flatMap((rename) => [rename, ...rename.heirs].map(({ from }) => tableOf(from))))],
    requires: [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  }];
}

function stepOf(rename: TakenRename): Omit<Step, 'id'> {
  const { forward, back } = renameStatements(rename);
  const { what, table, from, to } = said(rename);
  const heirs = rename.heirs.map((heir) => ({ mode: 'ACCESS EXCLUSIVE' as const, table: said(heir).table }));
  return {
    title: `Rename ${what} to ${to}`,
    statements: [execute(renameId(rename), forward), ...rename.parts.map((part) => execute(renameId(part), partStatements(part).forward))],
    undo: [...rename.parts.toReversed().map((part) => execute(`back to ${lastOf(part.from)}`, partStatements(part).back)), execute(`back to ${from}`, back)],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table }, ...heirs],
    undoLocks: [{ mode: 'ACCESS EXCLUSIVE', table: rename.from.startsWith('table:') ? { ...table, name: to } : table }, ...heirs],
    rewrite: false,
    hazards: [{ code: 'BLOCKS_READS_AND_WRITES', sentence: oldNameFails(rename) }],
    editable: true,
  };
}

function isThere(rename: Rename): Assertion {
  const { what, table, to } = said(rename);
  const relation = (name: string) => `to_regclass(${literal(qualified({ schema: table.schema, name }))})`;
  return {
    label: `${what} is called ${to}`,
    sql: rename.from.startsWith('column:') ? `SELECT count(*)::text FROM pg_attribute WHERE attrelid = ${relation(table.name)} AND attname = ${literal(to)} AND NOT attisdropped` : `SELECT count(*)::text FROM pg_class WHERE oid = ${relation(to)}`,
    expect: { from: 'literal', value: '1' },
  };
}

function lastOf(id: string): string {
  return parseObjectId(id).path.at(-1) ?? '';
}

function said({ from, to }: Rename): { what: string; table: { schema: string; name: string }; from: string; to: string } {
  const [schema = '', name = '', column] = parseObjectId(from).path;
  const table = { schema, name };
  return { what: column === undefined ? spoken(table) : `${spoken(table)}.${column}`, table, from: column ?? name, to: parseObjectId(to).path.at(-1) ?? '' };
}

function tableOf(id: string): string {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return objectId('table', schema, name);
}
