import { ident, literal, qualified } from '../ddl.ts';
import type { Statement, TableName } from '../plan.ts';
import type { Walk } from '../step-kinds/batches.ts';
import { listed } from '../words.ts';
import { keyAfter, keyAtMost, keyText } from './batch-key.ts';
import { parentsFirst, type ForeignKey } from './foreign-keys.ts';
import { execute } from './input.ts';
import { spoken } from './names.ts';
import { type Decisions, type Mended, goes, going, refersTo, same, verdictOf } from './orphan-rows.ts';

/** Tables whose rows go, joined by foreign keys in a circle, or one that has none with itself or another. */
export type Group = readonly Mended[];

/** Parents first; tables of one circle are one group. */
export function groupsOf(tables: readonly Mended[]): Group[] {
  const edges = new Map(tables.map((one) => [one.id, one.foreignKeys.map((key) => key.parentId).filter((id) => tables.some((other) => other.id === id))]));
  const reached = new Map(tables.map((one) => [one.id, reachedFrom(one.id, edges)]));
  const together = (a: string, b: string): boolean => a === b || (reached.get(a)?.has(b) === true && reached.get(b)?.has(a) === true);
  const first = (id: string): string => tables.find((one) => together(one.id, id))?.id ?? id;
  const groups = tables.filter((one) => first(one.id) === one.id).map((one) => tables.filter((other) => together(one.id, other.id)));
  const byFirst = new Map(groups.map((group) => [group[0]?.id ?? '', group]));
  const sorted = parentsFirst([...byFirst.keys()], (id) => (byFirst.get(id) ?? []).flatMap((one) => (edges.get(one.id) ?? []).map(first)));
  return (sorted ?? []).map((id) => byFirst.get(id) ?? []);
}

function reachedFrom(id: string, edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const left = [...(edges.get(id) ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    left.push(...(edges.get(next) ?? []));
  }
  return seen;
}

export function isCircle(group: Group): boolean {
  return group.length > 1 || group.some((one) => one.foreignKeys.some((key) => key.parentId === one.id));
}

function keysWithin(group: Group, child: Mended): { key: ForeignKey; parent: Mended }[] {
  return child.foreignKeys.flatMap((key) => group.filter((one) => one.id === key.parentId).map((parent) => ({ key, parent })));
}

/** Behind the notes of the rows that begin it: what hangs on noted rows is noted, until nothing more does; then each gets its place, so that no row stands before one that refers to it. */
export function closeCircle(group: Group, decisions: Decisions): Statement[] {
  const names = listed(group.map((one) => spoken(one.table)));
  return [
    ...group.map((one) => execute(`make room for the order of ${one.table.name}`, `ALTER TABLE ${qualified(one.quarantine)} ADD COLUMN countersign_order bigint`)),
    execute(`note what hangs on noted rows of ${names}`, followed(group, decisions)),
    // Without it the server takes the note for nearly empty, and compares every row with every other.
    ...group.map((one) => execute(`let the server count the noted rows of ${one.table.name}`, `ANALYZE ${qualified(one.quarantine)}`)),
    execute(`note in which order rows of ${names} can go`, placed(group)),
    ...group.map((one) => execute(`find the order of ${one.table.name}`, `CREATE INDEX ON ${qualified(one.quarantine)} (countersign_order)`)),
  ];
}

function followed(group: Group, decisions: Decisions): string {
  return followedSql(group.flatMap((one) => keysWithin(group, one).filter(({ key }) => verdictOf(decisions, key) === 'delete').map(({ key, parent }) => ({
    into: one.quarantine,
    rows: [
      `SELECT c.*, ${literal(key.object.name)}, false, NULL FROM ${qualified(one.table)} c`,
      `      WHERE EXISTS (SELECT 1 FROM ${qualified(parent.quarantine)} g WHERE ${refersTo(key, 'c', 'g')})`,
      `        AND NOT EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} q WHERE ${same(one.key, 'q', 'c')})`,
    ].join('\n'),
  }))));
}

/** Inserts again and again, each time what the rows inserted before make worth inserting, until nothing more is. */
export function followedSql(inserts: readonly { into: TableName; rows: string }[]): string {
  return untilNothing(inserts.map(({ into, rows }) => `INSERT INTO ${qualified(into)} ${rows}`));
}

/** Sends the statements in turn, again and again, until none of them changes a row. */
export function untilNothing(statements: readonly string[]): string {
  return block('countersign_rows bigint; countersign_found bigint;', [
    '  LOOP',
    '    countersign_found := 0;',
    ...statements.flatMap((sql) => [
      `    ${sql};`,
      `    GET DIAGNOSTICS countersign_rows = ROW_COUNT; countersign_found := countersign_found + countersign_rows;`,
    ]),
    '    EXIT WHEN countersign_found = 0;',
    '  END LOOP;',
  ]);
}

/** Rows to which no noted row refers that has no place yet; what is left in the end are rings and what they refer to, which can only go together and share the last place. */
function placed(group: Group): string {
  const updates = group.map((one) => {
    const referring = group.flatMap((child) => keysWithin(group, child).filter(({ parent }) => parent === one).map(({ key }) => `AND NOT EXISTS (SELECT 1 FROM ${qualified(child.quarantine)} r WHERE r.countersign_order IS NULL AND ${refersTo(key, 'r', 'x')})`));
    return [
      `    UPDATE ${qualified(one.quarantine)} q SET countersign_order = countersign_last + f.n`,
      `      FROM (SELECT ${one.key.map((column) => `x.${ident(column)}`).join(', ')}, row_number() OVER () AS n FROM ${qualified(one.quarantine)} x WHERE x.countersign_order IS NULL`,
      ...referring.map((line) => `        ${line}`),
      `      ) f WHERE ${same(one.key, 'q', 'f')};`,
      `    GET DIAGNOSTICS countersign_rows = ROW_COUNT; countersign_last := countersign_last + countersign_rows; countersign_found := countersign_found + countersign_rows;`,
    ].join('\n');
  });
  return block('countersign_rows bigint; countersign_found bigint; countersign_last bigint := 0;', [
    '  LOOP',
    '    countersign_found := 0;',
    ...updates,
    '    EXIT WHEN countersign_found = 0;',
    '  END LOOP;',
    ...group.map((one) => `  UPDATE ${qualified(one.quarantine)} SET countersign_order = countersign_last + 1 WHERE countersign_order IS NULL;`),
  ]);
}

function block(declared: string, lines: readonly string[]): string {
  return [`DO $countersign$`, `DECLARE ${declared}`, 'BEGIN', ...lines, 'END $countersign$'].join('\n');
}

/** Rows of all tables of the circle, in the order of their places; `change` has `b` (first and last place of the batch) and gives `changed`. */
function walkCircle(group: Group, direction: 'out' | 'in', label: string, change: readonly string[], holding = false): Walk {
  const place = direction === 'out' ? 'countersign_order' : '-countersign_order';
  const all = group.map((one) => `SELECT ${place} AS place FROM ${qualified(one.quarantine)}`).join(' UNION ALL ');
  const [key, types] = [['place'], ['bigint']];
  const part = [
    'WITH w AS MATERIALIZED (',
    `  SELECT q.place FROM (${all}) q`,
    `  WHERE ${keyAfter('q', key, types, '$1')} AND ${keyAtMost('q', key, types, '$3')}`,
    // Rows of one place go and come together.
    '  ORDER BY q.place FETCH FIRST ($2::int) ROWS WITH TIES',
    '),',
    'b AS (SELECT min(place) AS first, max(place) AS last FROM w),',
  ];
  const held = group.map((one, i) => `h${i} AS MATERIALIZED (SELECT FROM ${qualified(one.table)} t, ${qualified(one.quarantine)} q, b WHERE ${same(one.key, 't', 'q')} AND q.countersign_order BETWEEN b.first AND b.last FOR UPDATE OF t)`);
  return {
    label,
    ...(holding ? { holdSql: [...part, held.join(',\n'), `SELECT ${group.map((_, i) => `(SELECT count(*) FROM h${i})`).join(' + ')}`].join('\n') } : {}),
    sql: [
      ...part,
      ...change,
      `SELECT (SELECT count(*)::int FROM w) AS rows, (SELECT count(*)::int FROM changed) AS changed, (SELECT ${keyText('w', key)} FROM w ORDER BY w.place DESC LIMIT 1) AS last`,
    ].join('\n'),
    totalSql: `SELECT count(*) FROM (${all}) q`,
    untilSql: `SELECT ${keyText('q', key)} FROM (${all}) q ORDER BY q.place DESC LIMIT 1`,
  };
}

export function removeCircle(group: Group, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Walk {
  const parts = group.flatMap((one, i) => {
    const image = one.columns.filter((column) => !one.key.includes(column)).map((column) => `${ident(column)} = d.${ident(column)}`);
    return [
      `d${i} AS (DELETE FROM ${qualified(one.table)} t USING ${qualified(one.quarantine)} q, b WHERE ${same(one.key, 't', 'q')} AND q.countersign_order BETWEEN b.first AND b.last AND ${goes(one, inside, decisions, 't', group.map(going))} RETURNING t.*),`,
      `c${i} AS (UPDATE ${qualified(one.quarantine)} q SET ${[...image, 'countersign_done = true'].join(', ')} FROM d${i} d WHERE ${same(one.key, 'q', 'd')} RETURNING 1),`,
    ];
  });
  return walkCircle(group, 'out', `take rows out of ${listed(group.map((one) => spoken(one.table)))}`, [...parts, changedBy(group)], group.some((one) => one.dragging.length > 0));
}

export function putCircleBack(group: Group): Walk {
  const parts = group.map((one, i) => {
    const columns = one.columns.map(ident).join(', ');
    return `c${i} AS (INSERT INTO ${qualified(one.table)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${one.columns.map((column) => `q.${ident(column)}`).join(', ')} FROM ${qualified(one.quarantine)} q, b WHERE -q.countersign_order BETWEEN b.first AND b.last AND q.countersign_done RETURNING 1),`;
  });
  return walkCircle(group, 'in', `put rows back into ${listed(group.map((one) => spoken(one.table)))}`, [...parts, changedBy(group)]);
}

function changedBy(group: Group): string {
  return `changed AS (${group.map((_, i) => `SELECT 1 FROM c${i}`).join(' UNION ALL ')})`;
}
