import type { Ground } from './ground.ts';
import type { Thing } from './inventory.ts';
import type { Mutation } from './mutation.ts';

const source = (g: Ground): Thing | null => (g.chance.often(0.35) ? g.one('view', 'materialized view') : g.table()) ?? g.table();

/** A query over what is there; `grouped` by a primary key, which the view then rests on. */
function queryOf(g: Ground): string | null {
  const from = source(g);
  const columns = from ? g.columnsOf(from.address) : [];
  const [first] = columns;
  const any = g.chance.one(columns);
  if (!from || !first || !any) return null;
  const other = source(g);
  const call = g.chance.one(g.of('function').filter((each) => each.address.endsWith(`(${any.type})`) && each.type !== 'trigger'));
  const list = columns.filter(() => g.chance.often(0.7));
  const names = (list.length > 0 ? list : [first]).map((column) => `t.${column.address}`).join(', ');
  return g.pick(
    `SELECT * FROM ${from.address}`,
    `SELECT ${names} FROM ${from.address} t`,
    `SELECT ${names}, count(*) AS n FROM ${from.address} t GROUP BY t.${first.address}`,
    `SELECT ${names}, count(*) OVER (PARTITION BY t.${any.address}) AS n FROM ${from.address} t WHERE t.${any.address} IS NOT NULL`,
    `SELECT t.${first.address} AS one, o AS whole FROM ${from.address} t LEFT JOIN ${other?.address ?? from.address} o ON true`,
    `WITH w AS (SELECT ${names} FROM ${from.address} t) SELECT w.* FROM w UNION ALL SELECT w.* FROM w`,
    `SELECT ${call ? `${call.address.slice(0, call.address.lastIndexOf('('))}(t.${any.address})` : `t.${any.address}`} AS result FROM ${from.address} t`,
    `SELECT (t.${any.address})::text AS label, t.${first.address} AS id FROM ${from.address} t ORDER BY 1 LIMIT 5`,
    `SELECT DISTINCT ON (t.${first.address}) ${names} FROM ${from.address} t`,
    `SELECT t.* FROM ${from.address} t WHERE EXISTS (SELECT FROM ${other?.address ?? from.address} o)`,
  );
}

const withQuery = (make: (g: Ground, query: string) => string | null): Mutation => (g) => { const query = queryOf(g); return query === null ? null : make(g, query); };

/** Views, views on views, materialized views with indexes. */
export const VIEW_MUTATIONS: readonly Mutation[] = [
  withQuery((g, query) => `CREATE VIEW ${g.newName()}${g.pick('', '', ' WITH (security_barrier=true)', ' WITH (security_invoker=true)')} AS ${query}`),
  withQuery((g, query) => `CREATE VIEW ${g.newName()} AS ${query}`),
  withQuery((g, query) => `CREATE VIEW ${g.newName()} AS ${query}${g.pick(' WITH CHECK OPTION', ' WITH LOCAL CHECK OPTION')}`),
  withQuery((g, query) => `CREATE MATERIALIZED VIEW ${g.newName()}${g.pick('', ' WITH (fillfactor=60)')} AS ${query} WITH ${g.pick('', 'NO ')}DATA`),
  withQuery((g, query) => { const view = g.one('view'); return view && !query.includes(view.address) ? `CREATE OR REPLACE VIEW ${view.address} AS ${query}` : null; }),
  withQuery((g, query) => { const view = g.one('view'); return view ? `DROP VIEW ${view.address} CASCADE; CREATE VIEW ${view.address} AS ${query}` : null; }),
  withQuery((g, query) => { const view = g.one('view', 'materialized view'); return view ? `DROP ${view.kind.toUpperCase()} ${view.address} CASCADE; CREATE ${g.pick('MATERIALIZED VIEW', 'VIEW')} ${view.address} AS ${query}` : null; }),
  (g) => { const view = g.one('view'); const columns = view ? g.columnsOf(view.address) : []; return view && columns.length > 0 ? `CREATE OR REPLACE VIEW ${view.address} AS SELECT ${columns.map((column) => `NULL::${column.type} AS ${column.address}`).join(', ')}, 1 AS ${g.name()}` : null; },
  (g) => { const view = g.one('view', 'materialized view'); return view ? `DROP ${view.kind.toUpperCase()} ${view.address}${g.pick('', ' CASCADE')}` : null; },
  (g) => { const view = g.one('view'); return view ? `ALTER VIEW ${view.address} ${g.pick('SET (security_barrier=true)', 'SET (security_invoker=on)', 'RESET (security_barrier)', `RENAME TO ${g.name()}`)}` : null; },
  (g) => { const view = g.one('view'); const column = view ? g.chance.one(g.columnsOf(view.address)) : null; const value = column ? g.valueOf(column.type) : null; return view && column ? `ALTER VIEW ${view.address} ALTER COLUMN ${column.address} ${value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}` : null; },
  (g) => { const view = g.one('view'); const column = view ? g.chance.one(g.columnsOf(view.address)) : null; return view && column ? `ALTER VIEW ${view.address} RENAME COLUMN ${column.address} TO ${g.name()}` : null; },
  (g) => { const view = g.one('materialized view'); const column = view ? g.chance.one(g.columnsOf(view.address)) : null; return view && column ? `CREATE ${g.pick('', 'UNIQUE ')}INDEX ${g.name()} ON ${view.address} (${column.address})` : null; },
  (g) => { const view = g.one('materialized view'); const column = view ? g.chance.one(g.columnsOf(view.address)) : null; return view && column ? `ALTER MATERIALIZED VIEW ${view.address} ALTER COLUMN ${column.address} ${g.pick('SET STATISTICS 33', 'SET STORAGE EXTERNAL', 'SET (n_distinct=5)')}` : null; },
  (g) => { const view = g.one('view'); const name = g.name(); const schema = g.schema(); return view ? `CREATE FUNCTION ${schema}.${name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER ${name} INSTEAD OF INSERT ON ${view.address} FOR EACH ROW EXECUTE FUNCTION ${schema}.${name}()` : null; },
];
