import { literal } from '#lib/pipeline/ddl.ts';
import type { Mutation } from './mutation.ts';

const KINDS = ['table', 'view', 'materialized view', 'sequence', 'schema', 'function', 'procedure', 'aggregate', 'enum', 'domain', 'composite', 'range', 'column', 'constraint', 'index', 'trigger', 'rule', 'policy', 'statistics', 'collation', 'foreign table', 'publication', 'operator', 'cast', 'text search configuration', 'text search dictionary', 'event trigger', 'server'] as const;
const TYPES: ReadonlySet<string> = new Set(['enum', 'composite', 'range']);
const ON_TABLE: ReadonlySet<string> = new Set(['constraint', 'trigger', 'rule', 'policy']);

/** Who may what, who owns what, what is said of it; schemas, publications and foreign objects. */
export const ACCESS_MUTATIONS: readonly Mutation[] = [
  (g) => { const one = g.one('table', 'view', 'foreign table', 'materialized view'); return one ? `GRANT ${g.pick('SELECT', 'INSERT, UPDATE', 'ALL', 'TRUNCATE')} ON ${one.address} TO ${g.pick('PUBLIC', g.role(), 'mutation_reader WITH GRANT OPTION')}` : null; },
  (g) => { const one = g.one('table', 'view'); const column = one ? g.chance.one(g.columnsOf(one.address)) : null; return one && column ? `GRANT ${g.pick('SELECT', 'UPDATE', 'REFERENCES')} (${column.address}) ON ${one.address} TO ${g.pick('PUBLIC', g.role())}` : null; },
  (g) => { const one = g.one('function', 'procedure', 'aggregate', 'sequence', 'schema', 'domain', 'enum'); const what = one === null ? '' : one.kind === 'procedure' ? 'PROCEDURE' : one.kind === 'function' || one.kind === 'aggregate' ? 'FUNCTION' : one.kind === 'enum' ? 'TYPE' : one.kind.toUpperCase(); return one ? g.pick(`GRANT ALL ON ${what} ${one.address} TO ${g.role()}`, `REVOKE ALL ON ${what} ${one.address} FROM PUBLIC`) : null; },
  (g) => { const one = g.one('table', 'view', 'sequence'); return one ? `REVOKE ALL ON ${one.kind === 'sequence' ? 'SEQUENCE ' : ''}${one.address} FROM ${g.pick('PUBLIC', g.role(), 'CURRENT_USER')} CASCADE` : null; },
  (g) => `ALTER DEFAULT PRIVILEGES ${g.pick('', `FOR ROLE ${g.role()} `)}${g.pick('', `IN SCHEMA ${g.schema()} `)}GRANT ${g.pick('SELECT ON TABLES', 'ALL ON SEQUENCES', 'EXECUTE ON FUNCTIONS', 'USAGE ON TYPES', 'INSERT, UPDATE ON TABLES')} TO ${g.role()}`,
  (g) => `ALTER DEFAULT PRIVILEGES ${g.pick('', `FOR ROLE ${g.role()} `)}REVOKE ${g.pick('EXECUTE ON FUNCTIONS', 'USAGE ON TYPES')} FROM PUBLIC`,
  (g) => {
    const one = g.one(...KINDS);
    if (!one) return null;
    const what = one.kind === 'column' ? `COLUMN ${one.parent}.${one.address}` : ON_TABLE.has(one.kind) ? `${one.kind.toUpperCase()} ${one.address} ON ${one.parent}` : `${TYPES.has(one.kind) ? 'TYPE' : one.kind.toUpperCase()} ${one.address}`;
    return `COMMENT ON ${what} IS ${g.pick('NULL', literal('plain'), literal(`it's "quoted" \\ and\nlong; -- ${g.chance.below(99)}`))}`;
  },
  (g) => { const one = g.one('column'); return one ? `COMMENT ON COLUMN ${one.parent}.${one.address} IS ${literal(`said ${g.chance.below(99)}`)}` : null; },
  (g) => `CREATE SCHEMA ${g.name()}`,
  (g) => { const one = g.chance.one(g.of('schema').filter((each) => each.name !== 'public')); return one ? `DROP SCHEMA ${one.address}${g.pick('', ' CASCADE')}` : null; },
  (g) => { const one = g.chance.one(g.of('schema').filter((each) => each.name !== 'public')); return one ? `ALTER SCHEMA ${one.address} ${g.pick(`RENAME TO ${g.name()}`, `OWNER TO "Mutation Owner"`)}` : null; },
  (g) => { const table = g.table(); return `CREATE PUBLICATION ${g.name()} ${g.pick('FOR ALL TABLES', table ? `FOR TABLE ${g.pick('', 'ONLY ')}${table.address}` : '', `FOR TABLES IN SCHEMA ${g.schema()}`)}${g.pick('', ` WITH (publish = 'insert, delete')`)}`; },
  (g) => { const found = g.column(); const one = g.one('publication'); return found && one ? `ALTER PUBLICATION ${one.address} ${g.pick('ADD', 'SET', 'DROP')} TABLE ${found.table.address}${g.pick('', ` (${found.column.address})`, ` WHERE (${found.column.address} IS NOT NULL)`)}` : null; },
  (g) => { const one = g.one('publication'); return one ? g.pick(`DROP PUBLICATION ${one.address}`, `ALTER PUBLICATION ${one.address} SET (publish = 'truncate')`, `ALTER PUBLICATION ${one.address} SET (publish_via_partition_root = true)`) : null; },
  (g) => { const name = g.name(); return `CREATE FOREIGN DATA WRAPPER ${name} OPTIONS (a '1'); CREATE SERVER ${name} FOREIGN DATA WRAPPER ${name} OPTIONS (host 'here''s')`; },
  (g) => { const server = g.one('server'); return server ? `CREATE FOREIGN TABLE ${g.newName()} (id integer NOT NULL, b text DEFAULT 'x' OPTIONS (c 'd')) SERVER ${server.address} OPTIONS (t '1')` : null; },
  (g) => { const one = g.one('foreign table'); return one ? g.pick(`ALTER FOREIGN TABLE ${one.address} ADD COLUMN ${g.name()} ${g.type()}`, `ALTER FOREIGN TABLE ${one.address} OPTIONS (ADD u '2')`, `DROP FOREIGN TABLE ${one.address} CASCADE`, `ALTER FOREIGN TABLE ${one.address} ADD CHECK (true)`) : null; },
  // Grants on members are not compared: default privileges would give some.
  (g) => g.of('default privileges').length > 0 ? null : `CREATE EXTENSION ${g.pick('pgcrypto', 'citext', 'hstore', 'pg_trgm', 'btree_gist', 'ltree')} SCHEMA ${g.schema()}`,
  (g) => { const one = g.one('extension'); return one ? g.pick(`DROP EXTENSION ${one.address}${g.pick('', ' CASCADE')}`, `ALTER EXTENSION ${one.address} SET SCHEMA ${g.schema()}`) : null; },
];
