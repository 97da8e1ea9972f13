import { keysDigestSql } from '../casts.ts';
import { ident, literal, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { Statement } from '../plan.ts';
import type { Walk } from '../step-kinds/batches.ts';
import { execute } from './input.ts';
import { asideLabel } from './labels.ts';
import { spoken } from './names.ts';
import { closeCircle, type Group, isCircle, putCircleBack, removeCircle, untilNothing } from './orphan-circles.ts';
import { type Decisions, goes, going, type Mended, orphaned, overlooked, removingKeys, same, walkOver } from './orphan-rows.ts';

/** Groups come parents first: what goes from a parent decides what goes from its children. */
export function noteRemoved(group: Group, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  const circle = isCircle(group);
  // Along a circle the rows come first that go by themselves, or because of what is noted already.
  const noted = circle ? new Map([...inside].filter(([, one]) => !group.includes(one))) : inside;
  return [...group.flatMap((one) => noteOf(one, noted, decisions)), ...(circle ? closeCircle(group, decisions) : []), ...group.flatMap(asSigned)];
}

function noteOf(one: Mended, noted: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  const [first = '', ...more] = removingKeys(one, decisions).map((key) => `SELECT c.*, ${literal(key.object.name)}::text AS countersign_reason, false AS countersign_done\n  FROM ${qualified(one.table)} c\n  WHERE ${orphaned(key, noted, decisions, 'c')}`);
  return [
    execute(`note the rows of ${one.table.name} that go`, `CREATE TABLE ${qualified(one.quarantine)} AS\n  ${first}`),
    execute(`key of the note of ${one.table.name}`, `ALTER TABLE ${qualified(one.quarantine)} ADD PRIMARY KEY (${one.key.map(ident).join(', ')})`),
    // Key by key: joined by OR, the server would look through the whole parent for every row.
    ...more.map((rows) => execute(`note more rows of ${one.table.name} that go`, `INSERT INTO ${qualified(one.quarantine)} ${rows}\n    AND NOT EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} q WHERE ${same(one.key, 'q', 'c')})`)),
  ];
}

function asSigned(one: Mended): Statement[] {
  const of = tableKey(one.table);
  return [
    { do: 'assert', label: asideLabel(one.table), sql: `SELECT count(*)::text FROM ${qualified(one.quarantine)}`, expect: { from: 'evidence', check: 'orphans', field: 'rows', of } },
    { do: 'assert', label: `keys of the rows of ${spoken(one.table)} set aside`, sql: keysDigestSql(one.quarantine, one.key), expect: { from: 'evidence', check: 'orphans', field: 'keysDigest', of } },
  ];
}

/**
 * Before anything goes: what the application has given a parent since it was noted is struck from the note, with all that was to go only because of it. Afterwards each batch looks
 * again at the row itself, which does not know of the rows above it.
 */
export function spareRows(groups: readonly Group[], relinked: readonly Mended[], inside: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  if (groups.length === 0) return [];
  // Nothing has gone yet, and no reference has changed.
  const noted = [...groups.flat().map(going), ...relinked.map(({ id, key, unlinked }) => ({ id, key, note: unlinked }))];
  const spared = groups.flat().map((one) => `DELETE FROM ${qualified(one.quarantine)} q USING ${qualified(one.table)} t WHERE ${same(one.key, 't', 'q')} AND NOT (${goes(one, inside, decisions, 't', noted)})`);
  return [execute('leave rows that have a parent by now where they are, with what hangs on them', untilNothing(spared))];
}

/** Children before parents, because a key that stands refuses the other order; the rows of a circle in the order that was noted. */
export function removeWalks(group: Group, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Walk[] {
  return isCircle(group) ? [removeCircle(group, inside, decisions)] : group.map((one) => removeWalk(one, inside, decisions));
}

/** Behind the batches. */
export function overlookedRemovals(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  const keys = removingKeys(one, decisions).map((key) => ({ key, when: '' }));
  const asked = overlooked(one, one.quarantine, keys, inside, decisions);
  return asked ? [{ do: 'assert', ...asked }] : [];
}

/** Parents first. */
export function putBackWalks(group: Group): Walk[] {
  return isCircle(group) ? [putCircleBack(group)] : group.map(putBackWalk);
}

function removeWalk(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Walk {
  const columns = one.columns.filter((column) => !one.key.includes(column));
  const image = columns.map((column) => `${ident(column)} = d.${ident(column)}`);
  return walkOver(one, one.quarantine, `take rows out of ${spoken(one.table)}`, [
    `d AS (DELETE FROM ${qualified(one.table)} t USING w WHERE ${same(one.key, 't', 'w')} AND ${goes(one, inside, decisions, 't')} RETURNING t.*),`,
    `changed AS (UPDATE ${qualified(one.quarantine)} q SET ${[...image, 'countersign_done = true'].join(', ')} FROM d WHERE ${same(one.key, 'q', 'd')} RETURNING 1)`,
  ].join('\n'), one.dragging.length > 0 ? one.table : undefined);
}

function putBackWalk(one: Mended): Walk {
  const columns = one.columns.map(ident).join(', ');
  return walkOver(one, one.quarantine, `put rows back into ${spoken(one.table)}`,
    `changed AS (INSERT INTO ${qualified(one.table)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${one.columns.map((column) => `w.${ident(column)}`).join(', ')} FROM w WHERE w.countersign_done RETURNING 1)`);
}
