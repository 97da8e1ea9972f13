import { type SketchKind, spaced } from './kind.ts';
import { partOf, type Piece } from './piece.ts';
import { type Column, type Query, RELATIONS, type Sketch } from './sketch.ts';
import { askBy, valueBy } from './values.ts';

const me = (piece: Piece): string => `«${piece.key}»`;

const columnsFrom = (columns: readonly Column[], alias: string): Column[] => columns.map(({ ref, type }) => ({ ref: `${alias}.${ref}`, type }));

/** Columns with names of their own, so that what reads the view knows them whatever happens below. */
function selected(columns: readonly Column[]): { list: string; out: Column[] } {
  const out = columns.map(({ type }, at) => ({ ref: `c${at + 1}`, type }));
  return { list: columns.map(({ ref }, at) => `${ref} AS c${at + 1}`).join(', '), out };
}

/** A query over what is there. */
function queryBy(s: Sketch, self: Piece): string | null {
  const sources = s.of(...RELATIONS).filter((each) => each.key !== self.key && (s.get(self.key) === undefined || !s.withDependents(self.key).has(each.key)));
  const [from, other] = [s.chance.one(sources), s.chance.one(sources)];
  const columns = from ? columnsFrom(s.columns(from.key), 't') : [];
  const some = columns.filter(() => s.chance.often(0.6)).slice(0, 6);
  const [first] = columns;
  const one = s.chance.one(columns);
  if (!from || !other || !first || !one) return null;
  const { list, out } = selected(some.length > 0 ? some : [first]);
  const calls = s.of('function').filter((each) => partOf(each, 'args') === one.type && !/SETOF|TABLE|trigger/.test(partOf(each, 'returns')));
  const call = s.chance.one(calls);
  const count = { ref: 'n', type: 'bigint' };
  const near = columnsFrom(s.columns(other.key), 'o');
  const pair = near.find(({ type }) => type === first.type);
  const choices: (Query | null)[] = [
    { sql: `SELECT ${list} FROM ${me(from)} t`, out },
    { sql: `SELECT ${list} FROM ${me(from)} t WHERE ${askBy(s, one)}`, out },
    // Rests on the primary key, where there is one.
    { sql: `SELECT ${list}, count(*) AS n FROM ${me(from)} t GROUP BY ${first.ref}`, out: [...out, count] },
    { sql: `SELECT ${list}, count(*) OVER (PARTITION BY ${one.ref}) AS n FROM ${me(from)} t`, out: [...out, count] },
    { sql: `WITH w AS (SELECT ${list} FROM ${me(from)} t) SELECT w.* FROM w UNION ALL SELECT w.* FROM w`, out },
    pair ? { sql: `SELECT ${list}, ${s.chance.one(near)?.ref} IS NULL AS n FROM ${me(from)} t LEFT JOIN ${me(other)} o ON ${pair.ref} = ${first.ref}`, out: [...out, { ref: 'n', type: 'boolean' }] } : null,
    { sql: `SELECT ${list}, (SELECT count(*) FROM ${me(other)} o) AS n FROM ${me(from)} t`, out: [...out, count] },
    { sql: `SELECT ${list}, CASE WHEN ${askBy(s, one)} THEN 'yes'::text ELSE (${one.ref})::text END AS n FROM ${me(from)} t ORDER BY 1 LIMIT 5`, out: [...out, { ref: 'n', type: 'text' }] },
    call ? { sql: `SELECT ${list}, «${call.key}»(${one.ref}) AS n FROM ${me(from)} t`, out: [...out, { ref: 'n', type: partOf(call, 'returns') }] } : null,
    { sql: `SELECT t AS c1, ${first.ref} AS c2 FROM ${me(from)} t`, out: [{ ref: 'c1', type: me(from) }, { ref: 'c2', type: first.type }] },
    { sql: `SELECT DISTINCT ON (${first.ref}) ${list} FROM ${me(from)} t WHERE EXISTS (SELECT FROM ${me(other)} o WHERE o IS NOT NULL)`, out },
  ];
  const query = s.chance.one(choices.filter((each) => each !== null));
  return query ? JSON.stringify(query) : null;
}

export function queryOf(piece: Piece): Query {
  return JSON.parse(partOf(piece, 'query')) as Query;
}

export const VIEW_KINDS: readonly SketchKind[] = [
  {
    kind: 'view', weight: 13, home: 'schema',
    parts: {
      query: queryBy, options: (s) => s.pick('', '', '', '', 'WITH (security_barrier=true)', 'WITH (security_invoker=true)'), check: (s) => s.pick('', '', '', '', '', '', 'WITH CHECK OPTION', 'WITH LOCAL CHECK OPTION'),
      default: (s, p) => { const column = s.chance.often(0.1) ? s.chance.one(queryOf(p).out) : null; const value = column ? valueBy(s, column.type) : null; return column && value !== null ? `${column.ref} SET DEFAULT ${value}` : ''; },
    },
    write: (p) => ({ now: [`CREATE VIEW ${me(p)}${spaced(p, 'options')} AS ${queryOf(p).sql}${/ (LIMIT|DISTINCT|GROUP BY|UNION|OVER) /.test(queryOf(p).sql) ? '' : spaced(p, 'check')}`], late: partOf(p, 'default') === '' ? [] : [`ALTER VIEW ${me(p)} ALTER COLUMN ${partOf(p, 'default')}`] }),
  },
  {
    kind: 'materialized view', weight: 4, home: 'schema', parts: { query: queryBy, options: (s) => s.pick('', '', '', 'WITH (fillfactor=60)'), data: (s) => s.pick('WITH DATA', 'WITH NO DATA') },
    write: (p) => ({ now: [`CREATE MATERIALIZED VIEW ${me(p)}${spaced(p, 'options')} AS ${queryOf(p).sql} ${partOf(p, 'data')}`] }),
  },
];
