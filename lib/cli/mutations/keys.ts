import type { Mutation } from './mutation.ts';

/** Constraints, indexes and extended statistics. */
export const KEY_MUTATIONS: readonly Mutation[] = [
  (g) => { const found = g.column(); return found ? `ALTER TABLE ${found.table.address} ADD CONSTRAINT ${g.name()} CHECK (${g.checkOf(found.column)})${g.pick('', '', ' NOT VALID', ' NO INHERIT')}` : null; },
  (g) => { const found = g.column(); return found ? `ALTER TABLE ${found.table.address} ADD CONSTRAINT ${g.name()} CHECK (${g.checkOf(found.column)} OR ${g.checkOf(found.column)})` : null; },
  (g) => { const found = g.column(); return found ? `ALTER TABLE ${found.table.address} ADD ${g.pick('', `CONSTRAINT ${g.name()} `)}UNIQUE ${g.pick('', '', 'NULLS NOT DISTINCT ')}(${found.column.address})${g.pick('', ' INCLUDE (id)', ' DEFERRABLE', ' DEFERRABLE INITIALLY DEFERRED', ' WITH (fillfactor=60)')}` : null; },
  (g) => { const found = g.column(); const other = found ? g.chance.one(g.columnsOf(found.table.address)) : null; return found && other ? `ALTER TABLE ${found.table.address} ADD CONSTRAINT ${g.name()} UNIQUE (${found.column.address}, ${other.address})` : null; },
  (g) => { const found = g.column(); return found ? `ALTER TABLE ${found.table.address} ADD PRIMARY KEY (${found.column.address})` : null; },
  (g) => { const key = g.chance.one(g.of('constraint').filter((each) => each.type === 'p')); const column = key ? g.chance.one(g.columnsOf(key.parent ?? '')) : null; return key && column ? `ALTER TABLE ${key.parent} DROP CONSTRAINT ${key.address} CASCADE; ALTER TABLE ${key.parent} ADD CONSTRAINT ${key.address} PRIMARY KEY (${column.address})` : null; },
  (g) => { const found = g.column(); return found ? `ALTER TABLE ${found.table.address} ADD CONSTRAINT ${g.name()} EXCLUDE USING ${/range/.test(found.column.type) ? `gist (${found.column.address} WITH &&)` : `btree (${found.column.address} WITH =) WHERE (${found.column.address} IS NOT NULL)`}${g.pick('', ' DEFERRABLE')}` : null; },
  (g) => {
    const target = g.chance.one(g.of('constraint').filter((each) => each.type === 'p' || each.type === 'u'));
    const table = g.table();
    const targetColumn = target ? g.columnsOf(target.parent ?? '')[0] : undefined;
    const column = table && targetColumn ? g.chance.one(g.columnsOf(table.address).filter((each) => each.type === targetColumn.type)) : null;
    return target && table && column && targetColumn ? `ALTER TABLE ${table.address} ADD CONSTRAINT ${g.name()} FOREIGN KEY (${column.address}) REFERENCES ${target.parent} (${targetColumn.address})${g.pick('', ' MATCH FULL')}${g.pick('', ' ON DELETE CASCADE', ' ON DELETE SET NULL', ' ON UPDATE RESTRICT')}${g.pick('', '', ' DEFERRABLE', ' DEFERRABLE INITIALLY DEFERRED')}${g.pick('', '', ' NOT VALID')}` : null;
  },
  (g) => {
    const target = g.chance.one(g.of('constraint').filter((each) => each.type === 'p'));
    const targetColumn = target ? g.columnsOf(target.parent ?? '')[0] : undefined;
    const table = g.table();
    return target && table && targetColumn ? `ALTER TABLE ${table.address} ADD COLUMN ${g.name()} ${targetColumn.type} REFERENCES ${target.parent}${g.pick('', ' ON DELETE CASCADE')}` : null;
  },
  (g) => { const one = g.one('constraint'); return one ? `ALTER TABLE ${one.parent} DROP CONSTRAINT ${one.address} CASCADE` : null; },
  (g) => { const one = g.one('constraint'); return one ? `ALTER TABLE ${one.parent} DROP CONSTRAINT ${one.address}` : null; },
  (g) => { const one = g.one('constraint'); return one ? `ALTER TABLE ${one.parent} RENAME CONSTRAINT ${one.address} TO ${g.name()}` : null; },
  (g) => { const one = g.chance.one(g.of('constraint').filter((each) => each.flags === '')); return one ? `ALTER TABLE ${one.parent} VALIDATE CONSTRAINT ${one.address}` : null; },
  (g) => { const one = g.chance.one(g.of('constraint').filter((each) => each.type === 'f')); return one ? `ALTER TABLE ${one.parent} ALTER CONSTRAINT ${one.address} ${g.pick('DEFERRABLE', 'NOT DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED')}` : null; },
  (g) => { const found = g.column(); return found ? `CREATE ${g.pick('', '', 'UNIQUE ')}INDEX ${g.name()} ON ${g.pick('', '', '', 'ONLY ')}${found.table.address} (${found.column.address}${g.pick('', '', ' DESC', ' DESC NULLS LAST', ' NULLS FIRST')})${g.pick('', '', ' NULLS NOT DISTINCT')}${g.pick('', '', ' INCLUDE (id)')}${g.pick('', '', ' WITH (fillfactor=50)')}${g.pick('', '', ` WHERE ${g.checkOf(found.column)}`)}` : null; },
  (g) => { const found = g.column(); return found ? `CREATE INDEX ${g.name()} ON ${found.table.address} USING ${g.pick('hash', 'brin', 'gin', 'gist', 'btree')} (${found.column.address}${g.pick('', '', ' text_pattern_ops', ' jsonb_path_ops', ' COLLATE "C"')})` : null; },
  (g) => { const found = g.column(); return found ? `CREATE INDEX ON ${found.table.address} ((${g.pick(`lower((${found.column.address})::text)`, `(${found.column.address} IS NULL)`, `COALESCE((${found.column.address})::text, '')`)}), ${found.column.address})` : null; },
  (g) => { const found = g.column(); const call = found ? g.chance.one(g.of('function').filter((each) => each.flags.startsWith('immutable') && each.address.endsWith(`(${found.column.type})`))) : null; return found && call ? `CREATE INDEX ${g.name()} ON ${found.table.address} (${call.address.slice(0, call.address.lastIndexOf('('))}(${found.column.address}))` : null; },
  (g) => { const one = g.one('index'); return one ? `DROP INDEX ${one.address}${g.pick('', ' CASCADE')}` : null; },
  (g) => { const one = g.one('index'); return one ? `ALTER INDEX ${one.address} ${g.pick(`RENAME TO ${g.name()}`, 'SET (fillfactor=66)', 'RESET (fillfactor)', 'ALTER COLUMN 1 SET STATISTICS 50')}` : null; },
  (g) => { const one = g.chance.one(g.of('index').filter((each) => each.flags === 'unique')); return one ? `ALTER TABLE ${one.parent} ADD CONSTRAINT ${g.name()} ${g.pick('UNIQUE', 'PRIMARY KEY')} USING INDEX ${one.address.split('.').at(-1)}` : null; },
  (g) => { const table = g.table(); const columns = table ? g.columnsOf(table.address) : []; return table && columns.length > 1 ? `CREATE STATISTICS ${g.newName()}${g.pick('', ' (ndistinct)', ' (dependencies, mcv)')} ON ${columns[0]?.address}, ${columns.at(-1)?.address}${g.pick('', `, (lower((${columns[0]?.address})::text))`)} FROM ${table.address}` : null; },
  (g) => { const one = g.one('statistics'); return one ? g.pick(`DROP STATISTICS ${one.address}`, `ALTER STATISTICS ${one.address} SET STATISTICS ${g.chance.below(500)}`, `ALTER STATISTICS ${one.address} RENAME TO ${g.name()}`, `ALTER STATISTICS ${one.address} SET SCHEMA ${g.schema()}`) : null; },
];
