import { type SketchKind, spaced } from './kind.ts';
import { partOf, type Piece } from './piece.ts';
import { RELATIONS, type Sketch, TABLES } from './sketch.ts';
import { askBy, typeBy, valueBy } from './values.ts';

const me = (piece: Piece): string => `«${piece.key}»`;
const bare = (piece: Piece): string => `«${piece.key}!»`;

/** A type that a function can take, more often one that some column has. */
function argument(s: Sketch): string {
  const column = s.chance.often(0.6) ? s.column(RELATIONS) : null;
  return column ? column.column.type : typeBy(s);
}

/** The body and how it is written; strings, statements that the server has parsed, and blocks. */
function bodyBy(s: Sketch, p: Piece): string | null {
  const returns = partOf(p, 'returns');
  const table = partOf(p, 'args') === '' ? s.one(...RELATIONS) : null;
  if (returns.startsWith('SETOF ')) return s.pick(`LANGUAGE sql AS $f$SELECT * FROM ${returns.slice(6)}$f$`, `LANGUAGE sql BEGIN ATOMIC SELECT * FROM ${returns.slice(6)}; END`);
  const expression = partOf(p, 'args') === '' ? (valueBy(s, returns) ?? `NULL::${returns}`) : returns === 'boolean' ? askBy(s, { ref: 'a', type: partOf(p, 'args') }) : `NULL::${returns}`;
  const read = table && returns === 'bigint' ? `SELECT count(*) FROM ${me(table)}` : `SELECT ${expression}`;
  return s.pick(`LANGUAGE sql AS $f$${read}$f$`, `LANGUAGE sql RETURN ${expression}`, `LANGUAGE sql BEGIN ATOMIC ${read}; END`, `LANGUAGE plpgsql AS $f$BEGIN RETURN (${read.slice(7)}); END$f$`.replace(/RETURN \((count[^)]*\)) FROM (.*)\); END/, 'RETURN (SELECT $1 FROM $2); END'));
}

const bit = (s: Sketch): string => s.pick('', '', '', 'STRICT', 'SECURITY DEFINER', 'COST 55', 'PARALLEL SAFE', `SET search_path = 'public', 'pg_temp'`, 'LEAKPROOF');

export const ROUTINE_KINDS: readonly SketchKind[] = [
  {
    kind: 'function', weight: 12, home: 'schema',
    parts: {
      args: (s) => (s.chance.often(0.45) ? '' : argument(s)),
      returns: (s, p) => { const set = partOf(p, 'args') === '' && s.chance.often(0.15) ? s.one(...RELATIONS) : null; return set ? `SETOF ${me(set)}` : partOf(p, 'args') === '' ? s.pick('bigint', typeBy(s)) : s.pick('boolean', 'boolean', 'text', 'integer'); },
      volatility: (s, p) => (partOf(p, 'args') === '' ? s.pick('', 'STABLE', 'IMMUTABLE') : s.pick('IMMUTABLE', 'IMMUTABLE', 'STABLE')), bit, body: bodyBy,
      more: (s, p) => (partOf(p, 'args') !== '' && s.chance.often(0.1) ? s.pick(', b integer DEFAULT 1', ', VARIADIC rest text[] DEFAULT ARRAY[]::text[]') : ''),
    },
    write: (p) => ({ now: [`CREATE FUNCTION ${me(p)}(${partOf(p, 'args') === '' ? '' : `a ${partOf(p, 'args')}`}${partOf(p, 'more')}) RETURNS ${partOf(p, 'returns')}${spaced(p, 'volatility')}${spaced(p, 'bit')} ${partOf(p, 'body')}`] }),
  },
  { kind: 'trigger function', weight: 3, home: 'schema', parts: { body: (s) => s.pick('BEGIN RETURN NEW; END', 'BEGIN RETURN NULL; END', 'BEGIN RAISE NOTICE $$it$$; RETURN NEW; END'), bit: (s) => s.pick('', 'SECURITY DEFINER') }, write: (p) => ({ now: [`CREATE FUNCTION ${me(p)}() RETURNS trigger LANGUAGE plpgsql${spaced(p, 'bit')} AS $f$${partOf(p, 'body')}$f$`] }) },
  {
    kind: 'procedure', weight: 2, home: 'schema',
    parts: { args: argument, body: (s) => { const found = s.column(TABLES); return found ? s.pick(`LANGUAGE sql BEGIN ATOMIC DELETE FROM ${me(found.relation)} WHERE ${askBy(s, found.column)}; END`, 'LANGUAGE plpgsql AS $f$BEGIN PERFORM nothing_here(); END$f$', `LANGUAGE sql AS $f$DELETE FROM ${me(found.relation)}$f$`) : null; } },
    write: (p) => ({ now: [`CREATE PROCEDURE ${me(p)}(IN a ${partOf(p, 'args')}) ${partOf(p, 'body')}`] }),
  },
  {
    kind: 'aggregate', weight: 3, home: 'schema', parts: { step: (s) => { const step = s.one('step function'); return step ? me(step) : null; }, type: (s, p) => partOf(s.get(partOf(p, 'step').slice(1, -1)) ?? p, 'type'), rest: (s) => s.pick('', ', PARALLEL = SAFE', `, INITCOND = '0'`) },
    write: (p) => ({ now: [`CREATE AGGREGATE ${me(p)}(${partOf(p, 'type')}) (SFUNC = ${partOf(p, 'step')}, STYPE = ${partOf(p, 'type')}${partOf(p, 'rest')})`] }),
  },
  { kind: 'step function', weight: 3, home: 'schema', parts: { type: (s) => s.pick('integer', 'text', 'numeric'), body: (s) => s.pick('coalesce(a, b)', 'coalesce(b, a)') }, write: (p) => ({ now: [`CREATE FUNCTION ${me(p)}(a ${partOf(p, 'type')}, b ${partOf(p, 'type')}) RETURNS ${partOf(p, 'type')} LANGUAGE sql IMMUTABLE RETURN ${partOf(p, 'body')}`] }) },
  {
    kind: 'comparison', weight: 2, home: 'schema', parts: { type: (s) => { const type = s.one('enum', 'composite', 'domain'); return type ? me(type) : null; }, body: (s) => s.pick('AS $f$SELECT a::text = b::text$f$', 'RETURN ((a)::text = (b)::text)') },
    write: (p) => ({ now: [`CREATE FUNCTION ${me(p)}(a ${partOf(p, 'type')}, b ${partOf(p, 'type')}) RETURNS boolean LANGUAGE sql IMMUTABLE ${partOf(p, 'body')}`] }),
  },
  {
    kind: 'operator', weight: 2, home: 'schema', parts: { by: (s) => { const by = s.one('comparison'); return by ? me(by) : null; }, type: (s, p) => partOf(s.get(partOf(p, 'by').slice(1, -1)) ?? p, 'type'), rest: (s) => s.pick('', ', RESTRICT = eqsel', ', RESTRICT = eqsel, JOIN = eqjoinsel') },
    write: (p) => ({ now: [`CREATE OPERATOR ${me(p)} (LEFTARG = ${partOf(p, 'type')}, RIGHTARG = ${partOf(p, 'type')}, FUNCTION = ${partOf(p, 'by')}${partOf(p, 'rest')})`] }),
  },
  {
    kind: 'conversion', weight: 1, home: 'schema', parts: { type: (s) => { const type = s.one('enum', 'composite', 'table'); return type ? me(type) : null; }, to: (s) => s.pick('text', 'integer'), context: (s) => s.pick('', ' AS ASSIGNMENT', ' AS IMPLICIT') },
    write: (p) => ({ now: [`CREATE FUNCTION ${me(p)}(a ${partOf(p, 'type')}) RETURNS ${partOf(p, 'to')} LANGUAGE sql IMMUTABLE AS $f$SELECT NULL$f$`, `CREATE CAST (${partOf(p, 'type')} AS ${partOf(p, 'to')}) WITH FUNCTION ${me(p)}(${partOf(p, 'type')})${partOf(p, 'context')}`] }),
  },
  {
    kind: 'trigger', weight: 5, home: [...TABLES, 'view'],
    parts: {
      call: (s) => { const call = s.one('trigger function'); return call ? `${me(call)}(${s.pick('', '', `'x', '1'`)})` : null; },
      on: (s, p) => {
        const column = s.chance.one(s.columns(p.of));
        if (!column) return null;
        if (s.get(p.of)?.kind === 'view') return `INSTEAD OF ${s.pick('INSERT', 'UPDATE', 'DELETE OR UPDATE')} ON «${p.of}» FOR EACH ROW`;
        return `${s.pick('BEFORE', 'AFTER')} ${s.pick(`UPDATE OF ${column.ref} ON «${p.of}» FOR EACH ROW WHEN (OLD.${column.ref} IS DISTINCT FROM NEW.${column.ref})`, `INSERT ON «${p.of}» FOR EACH ROW WHEN (${askBy(s, { ...column, ref: `NEW.${column.ref}` })})`, `INSERT OR DELETE ON «${p.of}» FOR EACH STATEMENT`, `UPDATE ON «${p.of}» FOR EACH ROW`)}`;
      },
      state: (s, p) => (s.get(p.of)?.kind === 'view' ? '' : s.pick('', '', '', '', 'DISABLE', 'ENABLE REPLICA', 'ENABLE ALWAYS')),
    },
    write: (p) => ({ now: [`CREATE TRIGGER ${bare(p)} ${partOf(p, 'on')} EXECUTE FUNCTION ${partOf(p, 'call')}`], late: partOf(p, 'state') === '' ? [] : [`ALTER TABLE «${p.of}» ${partOf(p, 'state')} TRIGGER ${bare(p)}`] }),
  },
  {
    kind: 'rule', weight: 2, home: ['table', 'typed table', 'view'],
    parts: { event: (s) => s.pick('INSERT', 'UPDATE', 'DELETE'), where: (s, p) => { const column = s.chance.often(0.4) ? s.chance.one(s.columns(p.of)) : null; return column ? `WHERE ${askBy(s, { ...column, ref: `OLD.${column.ref}` })}` : ''; }, act: (s) => { const found = s.column(TABLES); return found ? s.pick('INSTEAD NOTHING', 'ALSO NOTHING', `ALSO DELETE FROM ${me(found.relation)} WHERE ${askBy(s, found.column)}`) : null; } },
    write: (p) => ({ now: [`CREATE RULE ${bare(p)} AS ON ${partOf(p, 'event')} TO «${p.of}»${partOf(p, 'event') === 'INSERT' ? '' : spaced(p, 'where')} DO ${partOf(p, 'act')}`] }),
  },
  {
    kind: 'policy', weight: 3, home: TABLES,
    parts: { how: (s) => `${s.pick('', ' AS RESTRICTIVE')} FOR ${s.pick('ALL', 'SELECT', 'UPDATE')}`, to: (s) => s.pick('PUBLIC', 'mutation_reader', 'mutation_writer, "Mutation Owner"'), using: (s, p) => { const column = s.chance.one(s.columns(p.of)); const other = s.chance.often(0.25) ? s.one(...RELATIONS) : null; return column ? `${askBy(s, column)}${other ? ` AND EXISTS (SELECT FROM ${me(other)} o)` : ''}` : null; } },
    write: (p) => ({ now: [`CREATE POLICY ${bare(p)} ON «${p.of}»${partOf(p, 'how')} TO ${partOf(p, 'to')} USING (${partOf(p, 'using')})`] }),
  },
  {
    kind: 'event trigger', weight: 1, home: 'database', parts: { on: (s) => s.pick('ddl_command_end', 'ddl_command_start'), tag: (s) => s.pick(`'DROP OPERATOR'`, `'DROP OPERATOR', 'CREATE OPERATOR'`), state: (s) => s.pick('', 'DISABLE') },
    write: (p) => ({ now: [`CREATE FUNCTION public.on_${p.key}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`, `CREATE EVENT TRIGGER ${bare(p)} ON ${partOf(p, 'on')} WHEN TAG IN (${partOf(p, 'tag')}) EXECUTE FUNCTION public.on_${p.key}()`], late: partOf(p, 'state') === '' ? [] : [`ALTER EVENT TRIGGER ${bare(p)} DISABLE`] }),
  },
];
