import { literal } from '#lib/pipeline/ddl.ts';
import type { Mutation } from './mutation.ts';

const OPERATORS = ['===', '<~>', '@@@', '#>#', '+*+'] as const;

/** Types of the user's, and what is made of them: sequences, collations, operators, casts, text search. */
export const TYPE_MUTATIONS: readonly Mutation[] = [
  (g) => `CREATE TYPE ${g.newName()} AS ENUM ('a', 'b', 'it''s', 'Größe')`,
  (g) => { const type = g.one('enum'); const table = g.table(); const label = literal(`new ${g.chance.below(99)}`); return type && table ? `ALTER TYPE ${type.address} ADD VALUE ${label}${g.pick('', ` BEFORE ${literal(type.type.split(',')[0] ?? '')}`)}` : null; },
  (g) => { const type = g.one('enum'); const table = g.table(); const column = g.name(); return type && table ? `ALTER TYPE ${type.address} RENAME TO zz_gone; CREATE TYPE ${type.address} AS ENUM (${[...type.type.split(','), `fresh ${g.chance.below(9)}`].map(literal).join(', ')}); ALTER TABLE ${table.address} ADD COLUMN ${column} ${type.address} DEFAULT ${literal(type.type.split(',')[0] ?? '')}; DROP TYPE ${type.schema === '' ? '' : `${type.address.slice(0, type.address.lastIndexOf('.'))}.`}zz_gone CASCADE` : null; },
  (g) => { const type = g.one('enum'); return type ? `ALTER TYPE ${type.address} RENAME VALUE ${literal(type.type.split(',')[0] ?? '')} TO ${literal(`renamed ${g.chance.below(99)}`)}` : null; },
  (g) => { const type = g.one('enum'); const labels = type?.type.split(',') ?? []; return type && labels.length > 1 ? `DROP TYPE ${type.address} CASCADE; CREATE TYPE ${type.address} AS ENUM (${labels.slice(1).map(literal).join(', ')})` : null; },
  (g) => { const type = g.type(); return `CREATE DOMAIN ${g.newName()} AS ${type}${g.pick('', '', ' NOT NULL')} ${g.pick('', 'CHECK (VALUE IS NOT NULL)', `CONSTRAINT ${g.name()} CHECK ((VALUE)::text <> '')`)}`; },
  (g) => { const type = g.one('domain'); const value = type ? g.valueOf(type.type) : null; return type ? `ALTER DOMAIN ${type.address} ${g.pick(`ADD CONSTRAINT ${g.name()} CHECK ((VALUE)::text <> '${g.chance.below(9)}')${g.pick('', ' NOT VALID')}`, 'SET NOT NULL', 'DROP NOT NULL', value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`, `RENAME TO ${g.name()}`, `SET SCHEMA ${g.schema()}`)}` : null; },
  (g) => `CREATE TYPE ${g.newName()} AS (a ${g.type()}, "B c" ${g.type()})`,
  (g) => { const type = g.one('composite'); const field = type ? g.chance.one(g.columnsOf(type.address)) : null; return type && field ? `ALTER TYPE ${type.address} ${g.pick(`ADD ATTRIBUTE ${g.name()} ${g.type()}`, `DROP ATTRIBUTE ${field.address}`, `RENAME ATTRIBUTE ${field.address} TO ${g.name()}`, `ALTER ATTRIBUTE ${field.address} TYPE ${g.type()}`)} CASCADE` : null; },
  (g) => `CREATE TYPE ${g.newName()} AS RANGE (SUBTYPE = ${g.pick('integer', 'text', 'timestamptz', 'float8, SUBTYPE_DIFF = float8mi', 'text, COLLATION = "C"')})`,
  (g) => { const type = g.one('enum', 'domain', 'composite', 'range'); return type ? `DROP ${type.kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${type.address}${g.pick('', ' CASCADE')}` : null; },
  (g) => { const type = g.one('enum', 'composite', 'range'); return type ? `ALTER TYPE ${type.address} ${g.pick(`RENAME TO ${g.name()}`, `SET SCHEMA ${g.schema()}`, `OWNER TO "Mutation Owner"`)}` : null; },
  // The name moves to a type of another kind.
  (g) => { const type = g.one('enum', 'domain', 'composite', 'range'); return type ? `DROP ${type.kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${type.address} CASCADE; ${g.pick(`CREATE DOMAIN ${type.address} AS text`, `CREATE TYPE ${type.address} AS ENUM ('a', 'b')`, `CREATE TYPE ${type.address} AS (x integer)`, `CREATE TABLE ${type.address} (x integer)`)}` : null; },
  (g) => { const found = g.column(); const type = g.one('enum', 'domain', 'composite'); return found && type ? `ALTER TABLE ${found.table.address} ALTER COLUMN ${found.column.address} DROP DEFAULT, ALTER COLUMN ${found.column.address} TYPE ${type.address} USING NULL` : null; },
  (g) => { const table = g.table(); const type = g.one('enum', 'domain', 'composite', 'range'); const value = type ? g.valueOf(type.address) : null; return table && type ? `ALTER TABLE ${table.address} ADD COLUMN ${g.name()} ${type.address}${g.pick('', '[]')}${value === null ? '' : ` DEFAULT ${value}`}` : null; },
  (g) => `CREATE ${g.pick('', '', 'UNLOGGED ')}SEQUENCE ${g.newName()}${g.pick('', ' AS smallint', ' AS integer')}${g.pick('', ' INCREMENT BY -2', ' START WITH 50 MINVALUE 10 MAXVALUE 900')}${g.pick('', ' CACHE 5 CYCLE')}`,
  (g) => { const one = g.one('sequence'); return one ? `ALTER SEQUENCE ${one.address} ${g.pick('AS integer', 'AS bigint', 'INCREMENT BY 7', 'OWNED BY NONE', 'CYCLE', 'CACHE 3', `RENAME TO ${g.name()}`, 'MAXVALUE 30000', 'MINVALUE -5')}` : null; },
  (g) => { const one = g.one('sequence'); const found = g.column(); return one && found ? `ALTER SEQUENCE ${one.address} OWNED BY ${found.table.address}.${found.column.address}` : null; },
  (g) => { const one = g.one('sequence'); return one ? `DROP SEQUENCE ${one.address}${g.pick('', ' CASCADE')}` : null; },
  (g) => `CREATE COLLATION ${g.newName()} (${g.pick(`LOCALE = 'C'`, `PROVIDER = icu, LOCALE = 'de'`, `PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false`)})`,
  (g) => { const found = g.column(); const one = g.one('collation'); return found && one ? `ALTER TABLE ${found.table.address} ALTER COLUMN ${found.column.address} TYPE text COLLATE ${one.address}` : null; },
  (g) => { const one = g.one('collation'); return one ? g.pick(`DROP COLLATION ${one.address} CASCADE`, `ALTER COLLATION ${one.address} RENAME TO ${g.name()}`) : null; },
  (g) => { const name = g.newName(); const type = g.one('enum', 'composite', 'domain'); return type ? `CREATE FUNCTION ${name}(a ${type.address}, b ${type.address}) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a::text = b::text'; CREATE OPERATOR ${g.schema()}.${g.pick(...OPERATORS)} (LEFTARG = ${type.address}, RIGHTARG = ${type.address}, FUNCTION = ${name}${g.pick('', ', RESTRICT = eqsel')})` : null; },
  (g) => { const one = g.one('operator'); return one ? `DROP OPERATOR ${one.address}${g.pick('', ' CASCADE')}` : null; },
  (g) => { const name = g.newName(); const type = g.one('enum', 'composite', 'table'); return type ? `CREATE FUNCTION ${name}(a ${type.address}) RETURNS ${g.pick('text', 'integer')} LANGUAGE sql IMMUTABLE AS 'SELECT NULL'; CREATE CAST (${type.address} AS ${g.pick('text', 'integer')}) WITH FUNCTION ${name}(${type.address})${g.pick('', ' AS ASSIGNMENT', ' AS IMPLICIT')}` : null; },
  (g) => { const type = g.one('enum'); return type ? `CREATE CAST (text AS ${type.address}) WITH INOUT AS ${g.pick('ASSIGNMENT', 'IMPLICIT')}` : null; },
  (g) => { const one = g.one('cast'); return one ? `DROP CAST ${one.address}` : null; },
  (g) => { const name = g.newName(); return `CREATE TEXT SEARCH DICTIONARY ${name} (TEMPLATE = ${g.pick('simple', 'snowball, Language = english')}${g.pick('', `, StopWords = english`)})`; },
  (g) => `CREATE TEXT SEARCH CONFIGURATION ${g.newName()} (${g.pick('COPY = english', 'COPY = simple', 'PARSER = "default"')})`,
  (g) => { const one = g.one('text search configuration'); const dictionary = g.one('text search dictionary'); return one ? `ALTER TEXT SEARCH CONFIGURATION ${one.address} ${g.pick('ALTER', 'ADD')} MAPPING FOR ${g.pick('asciiword', 'word, email')} WITH ${dictionary?.address ?? 'simple'}, simple` : null; },
  (g) => { const one = g.one('text search configuration', 'text search dictionary'); return one ? `DROP ${one.kind.toUpperCase()} ${one.address} CASCADE` : null; },
  (g) => { const one = g.one('text search configuration'); const found = g.column(); return one && found && /text|char/.test(found.column.type) ? `CREATE INDEX ${g.name()} ON ${found.table.address} USING gin (to_tsvector(${literal(one.address)}::regconfig, (${found.column.address})::text))` : null; },
];
