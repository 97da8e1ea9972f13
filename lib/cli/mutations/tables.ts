import type { Ground } from './ground.ts';
import type { Mutation } from './mutation.ts';

function columnText(g: Ground): string {
  const type = g.type();
  const value = g.chance.often(0.4) ? g.valueOf(type) : null;
  return `${g.name()} ${type}${g.chance.often(0.1) && /^(text|character)/.test(type) ? ' COLLATE "C"' : ''}${value === null ? '' : ` DEFAULT ${value}`}${g.chance.often(0.4) ? ' NOT NULL' : ''}`;
}

const bounds = (g: Ground): string => g.pick('DEFAULT', `FOR VALUES IN (${g.chance.below(90)})`, `FOR VALUES FROM (${g.chance.below(50) * 10}) TO (${500 + g.chance.below(9) * 10})`, `FOR VALUES WITH (MODULUS 4, REMAINDER ${g.chance.below(4)})`, 'FOR VALUES FROM (MINVALUE) TO (0)', `FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`);

/** Tables, their partitions and heirs, and settings of a table as a whole. */
export const TABLE_MUTATIONS: readonly Mutation[] = [
  (g) => `CREATE ${g.pick('', '', '', 'UNLOGGED ')}TABLE ${g.newName()} (id ${g.pick('integer PRIMARY KEY', 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'serial', 'bigserial PRIMARY KEY', 'uuid DEFAULT gen_random_uuid() PRIMARY KEY')}, ${Array.from({ length: 1 + g.chance.below(5) }, () => columnText(g)).join(', ')})${g.pick('', '', ' WITH (fillfactor=70)', ' WITH (autovacuum_enabled=false, toast.autovacuum_enabled=false)')}`,
  (g) => { const key = g.pick('RANGE (k)', 'LIST (k)', 'HASH (k)', 'RANGE (((k + 1)))'); const name = g.newName(); return `CREATE TABLE ${name} (k integer NOT NULL, ${columnText(g)}, ${columnText(g)}) PARTITION BY ${key}`; },
  (g) => { const parent = g.chance.one(g.of('table').filter((each) => each.flags.startsWith('p'))); return parent ? `CREATE TABLE ${g.newName()} PARTITION OF ${parent.address} ${bounds(g)}${g.pick('', '', '', ' PARTITION BY LIST (k)')}` : null; },
  (g) => { const parent = g.chance.one(g.of('table').filter((each) => each.flags.startsWith('p'))); return parent ? `CREATE TABLE ${g.newName()} PARTITION OF ${parent.address} ${bounds(g)}` : null; },
  (g) => { const part = g.chance.one(g.of('table').filter((each) => each.flags.includes('partition'))); return part?.parent ? `ALTER TABLE ${part.parent} DETACH PARTITION ${part.address}` : null; },
  (g) => { const part = g.chance.one(g.of('table').filter((each) => each.flags.includes('partition'))); return part?.parent ? `ALTER TABLE ${part.parent} DETACH PARTITION ${part.address}; ALTER TABLE ${part.parent} ATTACH PARTITION ${part.address} ${bounds(g)}` : null; },
  (g) => { const parent = g.chance.one(g.of('table').filter((each) => each.flags.startsWith('p'))); const name = g.newName(); return parent ? `CREATE TABLE ${name} (LIKE ${parent.address} INCLUDING ${g.pick('ALL EXCLUDING IDENTITY', 'DEFAULTS', 'CONSTRAINTS')}); ALTER TABLE ${parent.address} ATTACH PARTITION ${name} ${bounds(g)}` : null; },
  (g) => { const parent = g.table(); return parent ? `CREATE TABLE ${g.newName()} (${columnText(g)}) INHERITS (${parent.address})` : null; },
  (g) => { const parent = g.table(); const name = g.newName(); return parent ? `CREATE TABLE ${name} (LIKE ${parent.address} INCLUDING ${g.pick('ALL EXCLUDING IDENTITY', 'DEFAULTS', 'CONSTRAINTS', 'INDEXES', 'STORAGE', 'COMMENTS')}); ${g.pick('', `ALTER TABLE ${name} INHERIT ${parent.address}`)}` : null; },
  (g) => { const heir = g.chance.one(g.of('table').filter((each) => each.parent !== null && !each.flags.includes('partition'))); return heir ? `ALTER TABLE ${heir.address} NO INHERIT ${heir.parent}` : null; },
  (g) => { const type = g.one('composite'); return type ? `CREATE TABLE ${g.newName()} OF ${type.address}` : null; },
  (g) => { const table = g.table(); return table ? `DROP TABLE ${table.address} CASCADE` : null; },
  (g) => { const table = g.table(); return table ? `DROP TABLE ${table.address}` : null; },
  (g) => { const table = g.table(); return table ? `ALTER TABLE ${table.address} RENAME TO ${g.name()}` : null; },
  (g) => { const table = g.one('table', 'view', 'materialized view', 'sequence', 'foreign table'); return table ? `ALTER ${table.kind.toUpperCase()} ${table.address} SET SCHEMA ${g.schema()}` : null; },
  (g) => { const table = g.table(); return table ? `ALTER TABLE ${table.address} SET ${g.pick('LOGGED', 'UNLOGGED', 'WITHOUT CLUSTER', '(fillfactor=80)', '(autovacuum_vacuum_threshold=77)', '(parallel_workers=3)', '(toast.autovacuum_enabled=false)', '(toast_tuple_target=256)')}` : null; },
  (g) => { const table = g.table(); return table ? `ALTER TABLE ${table.address} RESET (fillfactor, autovacuum_enabled)` : null; },
  (g) => { const table = g.table(); return table ? `ALTER TABLE ${table.address} ${g.pick('ENABLE', 'DISABLE', 'FORCE', 'NO FORCE')} ROW LEVEL SECURITY` : null; },
  (g) => { const table = g.table(); const index = table ? g.chance.one(g.of('index').filter((each) => each.parent === table.address )) : null; return table ? `ALTER TABLE ${table.address} ${index ? g.pick(`REPLICA IDENTITY USING INDEX ${index.address.split('.').at(-1)}`, `CLUSTER ON ${index.address.split('.').at(-1)}`) : g.pick('REPLICA IDENTITY FULL', 'REPLICA IDENTITY NOTHING', 'REPLICA IDENTITY DEFAULT')}` : null; },
  (g) => { const table = g.one('table', 'view', 'materialized view', 'sequence', 'foreign table'); return table ? `ALTER ${table.kind.toUpperCase()} ${table.address} OWNER TO "Mutation Owner"` : null; },
  // The name moves to an object of another kind.
  (g) => { const table = g.table(); return table ? `DROP TABLE ${table.address} CASCADE; ${g.pick(`CREATE VIEW ${table.address} AS SELECT 1 AS id, 'x'::text AS label`, `CREATE MATERIALIZED VIEW ${table.address} AS SELECT 1 AS id`, `CREATE SEQUENCE ${table.address}`, `CREATE TYPE ${table.address} AS (a integer, b text)`, `CREATE TYPE ${table.address} AS ENUM ('a', 'b')`, `CREATE TABLE ${table.address} (id integer, other text)`)}` : null; },
  // Made anew with its columns in another order.
  (g) => { const table = g.table(); const columns = table ? g.columnsOf(table.address) : []; return table && columns.length > 1 ? `DROP TABLE ${table.address} CASCADE; CREATE TABLE ${table.address} (${columns.toReversed().map((column) => `${column.address} ${column.type}`).join(', ')})` : null; },
  (g) => { const table = g.table(); const name = g.newName(); return table ? `CREATE TABLE ${name} AS SELECT * FROM ${table.address}` : null; },
  (g) => { const table = g.table(); const parent = g.table(); const columns = parent ? g.columnsOf(parent.address) : []; return table && parent ? `CREATE TABLE ${g.newName()} (${columns.map((column) => `${column.address} ${column.type}`).join(', ')}) INHERITS (${parent.address})` : null; },
];
