import { ident, literal, qualified } from '../ddl.ts';
import type { Statement } from '../plan.ts';
import type { Walk } from '../step-kinds/batches.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { execute } from './input.ts';
import { spoken } from './names.ts';
import { type Decisions, type Mended, orphaned, orphanedByIndex, overlooked, relinkingKeys, removes, same, walkOver } from './orphan-rows.ts';

/** A row that goes loses no reference before. */
export function noteRelinked(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  const keys = relinkingKeys(one, decisions);
  const flags = (by: ForeignKey): string => keys.map((key) => `${String(key === by)} AS ${ident(flag(keys, key))}`).join(', ');
  const going = removes(one, decisions) ? ` AND NOT EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} g WHERE ${same(one.key, 'g', 'c')})` : '';
  const [first = '', ...more] = keys.map((key) => `SELECT c.*, ${flags(key)}, false AS countersign_done\n  FROM ${qualified(one.table)} c\n  WHERE ${orphaned(key, inside, decisions, 'c')}${going}`);
  return [
    execute(`note the rows of ${one.table.name} whose reference changes`, `CREATE TABLE ${qualified(one.unlinked)} AS\n  ${first}`),
    execute(`key of the note of ${one.table.name}`, `ALTER TABLE ${qualified(one.unlinked)} ADD PRIMARY KEY (${one.key.map(ident).join(', ')})`),
    ...more.map((rows, i) => execute(`note more rows of ${one.table.name} whose reference changes`, `INSERT INTO ${qualified(one.unlinked)} ${rows}\n  ON CONFLICT (${one.key.map(ident).join(', ')}) DO UPDATE SET ${ident(flag(keys, keys[i + 1] as ForeignKey))} = true`)),
    ...keys.flatMap((key): Statement[] => {
      const to = decisions[key.spec.id];
      if (to?.verdict !== 're_point') return [];
      return [{ do: 'assert', label: `${spoken(key.spec.parent)} has the row to point to`, sql: `SELECT count(*)::text FROM ${qualified(key.spec.parent)} p WHERE p.${ident(key.spec.parentColumns[0] ?? '')}::text = ${literal(to.to ?? '')}`, expect: { from: 'literal', value: '1' } }];
    }),
  ];
}

function flag(keys: readonly ForeignKey[], key: ForeignKey): string {
  return `countersign_by_${keys.indexOf(key) + 1}`;
}

export function relinkWalk(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Walk {
  const keys = relinkingKeys(one, decisions);
  const touched = [...new Set(keys.flatMap((key) => key.spec.columns))];
  const set = touched.map((column) => {
    const by = keys.filter((key) => key.spec.columns.includes(column));
    const cases = by.map((key) => `WHEN w.${ident(flag(keys, key))} THEN ${target(key, column, decisions)}`).join(' ');
    return `${ident(column)} = CASE ${cases} ELSE t.${ident(column)} END`;
  });
  const still = keys.map((key) => `(w.${ident(flag(keys, key))} AND ${orphanedByIndex(key, inside, decisions, 't')})`).join(' OR ');
  const unchanged = touched.map((column) => `t.${ident(column)} IS NOT DISTINCT FROM w.${ident(column)}`).join(' AND ');
  return walkOver(one, one.unlinked, `change references of ${spoken(one.table)}`, [
    `d AS (UPDATE ${qualified(one.table)} t SET ${set.join(', ')} FROM w WHERE ${same(one.key, 't', 'w')} AND ${unchanged} AND (${still}) RETURNING ${one.key.map((column) => `t.${ident(column)}`).join(', ')}),`,
    `changed AS (UPDATE ${qualified(one.unlinked)} q SET countersign_done = true FROM d WHERE ${same(one.key, 'q', 'd')} RETURNING 1)`,
  ].join('\n'));
}

/** Behind the batches. */
export function overlookedLinks(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  const keys = relinkingKeys(one, decisions);
  const asked = overlooked(one, one.unlinked, keys.map((key) => ({ key, when: `q.${ident(flag(keys, key))} AND ` })), inside, decisions);
  return asked ? [{ do: 'assert', ...asked }] : [];
}

/** A string literal takes the column's own type. */
function target(key: ForeignKey, column: string, decisions: Decisions): string {
  const decision = decisions[key.spec.id];
  const at = key.spec.columns.indexOf(column);
  const type = key.now?.[at]?.child ?? key.spec.types[at] ?? 'text';
  return decision?.verdict === 're_point' ? `${literal(decision.to ?? '')}::${type}` : `NULL::${type}`;
}

export function relinkBackWalk(one: Mended, decisions: Decisions): Walk {
  const keys = relinkingKeys(one, decisions);
  const touched = [...new Set(keys.flatMap((key) => key.spec.columns))];
  const now = keys.map((key) => `(NOT w.${ident(flag(keys, key))} OR (${key.spec.columns.map((column) => `t.${ident(column)} IS NOT DISTINCT FROM ${target(key, column, decisions)}`).join(' AND ')}))`).join(' AND ');
  return walkOver(one, one.unlinked, `give rows of ${spoken(one.table)} their reference back`,
    `changed AS (UPDATE ${qualified(one.table)} t SET ${touched.map((column) => `${ident(column)} = w.${ident(column)}`).join(', ')} FROM w WHERE ${same(one.key, 't', 'w')} AND w.countersign_done AND ${now} RETURNING 1)`);
}
