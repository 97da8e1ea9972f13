import type { Ground } from './ground.ts';
import type { Thing } from './inventory.ts';
import type { Mutation } from './mutation.ts';

const triggerFunction = (g: Ground): Thing | null => g.chance.one(g.of('function').filter((each) => each.type === 'trigger'));
const bare = (routine: Thing): string => routine.address.slice(0, routine.address.indexOf('('));

function setTable(g: Ground): { table: Thing; columns: readonly Thing[] } | null {
  const table = g.one('table', 'view');
  return table ? { table, columns: g.columnsOf(table.address) } : null;
}

/** Functions of every language form, what uses them, and what they rest on. */
export const ROUTINE_MUTATIONS: readonly Mutation[] = [
  (g) => { const type = g.type(); return `CREATE FUNCTION ${g.newName()}(a ${type}${g.pick('', ', b integer DEFAULT 1', ', VARIADIC rest text[]')}) RETURNS boolean LANGUAGE ${g.pick(`sql IMMUTABLE AS 'SELECT $1 IS NOT NULL'`, `plpgsql IMMUTABLE STRICT AS 'BEGIN RETURN a IS NOT NULL; END'`, 'sql IMMUTABLE RETURN (a IS NOT NULL)', 'sql IMMUTABLE BEGIN ATOMIC SELECT (a IS NOT NULL); END')}`; },
  (g) => { const found = g.column(); return found ? `CREATE FUNCTION ${g.newName()}(a ${found.column.type}) RETURNS boolean LANGUAGE sql IMMUTABLE ${g.pick('RETURN (a IS NOT NULL)', `AS 'SELECT a IS NOT NULL'`)}` : null; },
  (g) => { const type = g.type(); const value = g.valueOf(type); return `CREATE FUNCTION ${g.newName()}() RETURNS ${type} LANGUAGE sql ${g.pick('STABLE ', 'IMMUTABLE ', '', 'PARALLEL SAFE COST 7 ')}${value === null ? `AS 'SELECT NULL::${type.replaceAll(`'`, `''`)}'` : `RETURN ${value}`}`; },
  (g) => { const found = setTable(g); return found ? `CREATE FUNCTION ${g.newName()}() RETURNS SETOF ${found.table.address} LANGUAGE sql ${g.pick(`AS $f$SELECT * FROM ${found.table.address}$f$`, `BEGIN ATOMIC SELECT * FROM ${found.table.address}; END`)}` : null; },
  (g) => { const found = setTable(g); const column = found ? g.chance.one(found.columns) : null; return found && column ? `CREATE FUNCTION ${g.newName()}(a ${found.table.address}) RETURNS ${column.type} LANGUAGE sql IMMUTABLE ${g.pick(`RETURN (a).${column.address}`, `AS $f$SELECT a.${column.address}$f$`)}` : null; },
  (g) => { const found = setTable(g); const column = found ? g.chance.one(found.columns) : null; return found && column ? `CREATE FUNCTION ${g.newName()}() RETURNS TABLE (one ${column.type}, n bigint) LANGUAGE sql BEGIN ATOMIC SELECT ${column.address}, count(*) FROM ${found.table.address} GROUP BY 1; END` : null; },
  (g) => { const found = setTable(g); const column = found ? g.chance.one(found.columns) : null; return found && column ? `CREATE FUNCTION ${g.newName()}(IN a ${found.table.address}.${column.address}%TYPE, OUT b ${column.type}, INOUT c integer DEFAULT 3) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '${g.pick('', 'public, pg_temp')}' SET work_mem = '1MB' AS $f$BEGIN b := a; END$f$` : null; },
  (g) => { const found = g.column(); return found ? `CREATE PROCEDURE ${g.newName()}(a ${found.column.type}) LANGUAGE sql BEGIN ATOMIC DELETE FROM ${found.table.address} WHERE ${found.column.address} IS NOT DISTINCT FROM a; END` : null; },
  (g) => `CREATE PROCEDURE ${g.newName()}(IN a integer, INOUT b ${g.type()}) LANGUAGE plpgsql AS $f$BEGIN PERFORM nothing_of_that_name(); END$f$`,
  (g) => `CREATE FUNCTION ${g.newName()}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  (g) => { const name = g.newName(); const type = g.pick('integer', 'text', 'numeric(12,2)', 'numeric'); return `CREATE FUNCTION ${name}(s ${type}, v ${type}) RETURNS ${type} LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(s, v)'; CREATE AGGREGATE ${name}(${type}) (SFUNC = ${name}, STYPE = ${type}${g.pick('', `, PARALLEL = SAFE`, `, INITCOND = '0'`)})`; },
  (g) => { const call = g.chance.one(g.of('function', 'procedure')); return call ? `ALTER ${call.kind.toUpperCase()} ${call.address} ${g.pick('SECURITY DEFINER', 'SET search_path = public', 'RESET ALL', `RENAME TO ${g.name()}`, `SET SCHEMA ${g.schema()}`, `OWNER TO "Mutation Owner"`)}` : null; },
  (g) => { const call = g.one('function'); return call ? `ALTER FUNCTION ${call.address} ${g.pick('STABLE', 'IMMUTABLE', 'STRICT', 'LEAKPROOF', 'COST 55', 'PARALLEL RESTRICTED', 'CALLED ON NULL INPUT')}` : null; },
  (g) => { const call = g.chance.one(g.of('function').filter((each) => each.type === 'boolean')); return call && call.address.split(',').length === 1 && /\(\w+ /.test(call.address) ? `CREATE OR REPLACE FUNCTION ${call.address} RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 IS NULL'` : null; },
  (g) => { const call = g.one('function', 'procedure', 'aggregate'); return call ? `DROP ${call.kind.toUpperCase()} ${call.address}${g.pick('', ' CASCADE')}` : null; },
  // Another result under the same name and arguments.
  (g) => { const call = g.one('function'); return call ? `DROP FUNCTION ${call.address} CASCADE; CREATE FUNCTION ${call.address} RETURNS ${g.type()} LANGUAGE sql AS 'SELECT NULL'` : null; },
  (g) => { const table = g.table(); const call = triggerFunction(g); const column = table ? g.chance.one(g.columnsOf(table.address)) : null; return table && call && column ? `CREATE TRIGGER ${g.name()} ${g.pick('BEFORE', 'AFTER')} ${g.pick('INSERT', 'UPDATE', `UPDATE OF ${column.address}`, 'INSERT OR DELETE', 'DELETE')} ON ${table.address} FOR EACH ${g.pick('ROW', 'ROW', 'STATEMENT')} ${g.pick('', `WHEN (NEW.${column.address} IS NOT NULL) `, `WHEN (OLD.${column.address} IS DISTINCT FROM NEW.${column.address}) `)}EXECUTE FUNCTION ${bare(call)}(${g.pick('', `'x', '1'`)})` : null; },
  (g) => { const table = g.table(); const call = triggerFunction(g); return table && call ? `CREATE ${g.pick('CONSTRAINT TRIGGER', 'TRIGGER')} ${g.name()} AFTER INSERT ON ${table.address} ${g.pick('DEFERRABLE INITIALLY DEFERRED ', '', 'REFERENCING NEW TABLE AS fresh ')}FOR EACH ${g.pick('ROW', 'STATEMENT')} EXECUTE FUNCTION ${bare(call)}()` : null; },
  (g) => { const one = g.one('trigger'); return one ? g.pick(`ALTER TABLE ${one.parent} ${g.pick('DISABLE', 'ENABLE', 'ENABLE REPLICA', 'ENABLE ALWAYS')} TRIGGER ${one.address}`, `DROP TRIGGER ${one.address} ON ${one.parent}`, `ALTER TRIGGER ${one.address} ON ${one.parent} RENAME TO ${g.name()}`) : null; },
  (g) => { const found = g.column(); return found ? `CREATE RULE ${g.name()} AS ON ${g.pick('INSERT', 'UPDATE', 'DELETE')} TO ${found.table.address} ${g.pick('', `WHERE ${found.column.address} IS NULL `)}DO ${g.pick('INSTEAD NOTHING', 'ALSO NOTHING', `ALSO SELECT ${found.column.address} FROM ${found.table.address}`)}` : null; },
  (g) => { const one = g.one('rule'); return one ? g.pick(`ALTER TABLE ${one.parent} ${g.pick('DISABLE', 'ENABLE ALWAYS')} RULE ${one.address}`, `DROP RULE ${one.address} ON ${one.parent}`, `ALTER RULE ${one.address} ON ${one.parent} RENAME TO ${g.name()}`) : null; },
  (g) => { const found = g.column(); return found ? `CREATE POLICY ${g.name()} ON ${found.table.address} AS ${g.pick('PERMISSIVE', 'RESTRICTIVE')} FOR ${g.pick('ALL', 'SELECT', 'UPDATE')} TO ${g.pick('PUBLIC', g.role(), `${g.role()}, CURRENT_USER`)} USING (${g.checkOf(found.column)}${g.pick('', ` AND EXISTS (SELECT FROM ${g.table()?.address} o)`)})` : null; },
  (g) => { const one = g.one('policy'); return one ? g.pick(`DROP POLICY ${one.address} ON ${one.parent}`, `ALTER POLICY ${one.address} ON ${one.parent} TO ${g.role()}`, `ALTER POLICY ${one.address} ON ${one.parent} USING (false)`, `ALTER POLICY ${one.address} ON ${one.parent} RENAME TO ${g.name()}`) : null; },
  (g) => { const name = g.newName(); return `CREATE FUNCTION ${name}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ${g.name()} ON ddl_command_end WHEN TAG IN ('DROP ROLE') EXECUTE FUNCTION ${name}()`; },
  (g) => { const one = g.one('event trigger'); return one ? g.pick(`DROP EVENT TRIGGER ${one.address}`, `ALTER EVENT TRIGGER ${one.address} ${g.pick('DISABLE', 'ENABLE REPLICA')}`) : null; },
];
