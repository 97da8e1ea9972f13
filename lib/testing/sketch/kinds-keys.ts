import { grown, type SketchKind, spaced } from './kind.ts';
import { partOf, type Piece } from './piece.ts';
import { type Sketch, TABLES } from './sketch.ts';
import { askBy, pureBy } from './values.ts';
import { TABLE_KINDS } from './kinds-tables.ts';

const me = (piece: Piece): string => `«${piece.key}»`;
const bare = (piece: Piece): string => `«${piece.key}!»`;
const ON = [...TABLES] as const;

/** Some columns of it, in an order of their own; of a partitioned table what it is divided by is among them. */
function someColumns(s: Sketch, p: Piece, most: number): string | null {
  const all = s.columns(p.of);
  if (all.length === 0) return null;
  const divided = partOf(s.get(p.of) ?? p, 'by') !== '';
  const chosen = new Set([...(divided && all[0] ? [all[0].ref] : []), ...Array.from({ length: 1 + s.chance.below(most) }, () => s.chance.one(all)?.ref ?? '')]);
  return [...chosen].join(', ');
}

const deferring = (s: Sketch): string => s.pick('', '', '', '', 'DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED');

function key(kind: 'primary key' | 'unique', weight: number): SketchKind {
  return {
    kind, weight, home: ON,
    parts: {
      columns: (s, p) => (kind === 'primary key' && s.dependents(p.of ?? '').some((each) => each.kind === 'primary key') ? null : s.chance.often(0.6) ? (s.columns(p.of)[0]?.ref ?? null) : someColumns(s, p, 3)),
      include: (s, p) => { const other = s.chance.often(0.1) ? s.chance.one(s.columns(p.of)) : null; return other ? `INCLUDE (${other.ref})` : ''; },
      options: (s) => s.pick('', '', '', '', 'WITH (fillfactor=60)'), deferring,
      nulls: (s) => (kind === 'unique' ? s.pick('', '', '', 'NULLS NOT DISTINCT') : ''),
    },
    write: (p) => ({ now: [`ALTER TABLE «${p.of}» ADD CONSTRAINT ${me(p)} ${kind.toUpperCase()}${spaced(p, 'nulls')} (${partOf(p, 'columns')})${spaced(p, 'include')}${spaced(p, 'options')}${spaced(p, 'deferring')}`] }),
  };
}

/** A key that it can point at, and columns of its own for it; one is added where it has none that fits. */
function pointing(s: Sketch, p: Piece): string | null {
  const target = s.one('primary key', 'primary key', 'unique');
  if (!target) return null;
  const refs = partOf(target, 'columns').split(', ');
  const columns = s.columns(target.of).filter(({ ref }) => refs.includes(ref));
  const own = columns.map(({ type }) => {
    const fitting = s.chance.often(0.5) ? s.chance.one(s.columns(p.of).filter((each) => each.type === type)) : null;
    if (fitting) return fitting.ref;
    const column = s.get(p.of)?.kind === 'table' ? TABLE_KINDS.find((each) => each.kind === 'column') : undefined;
    const added = column ? grown(s, column, p.of ?? '') : null;
    if (!added) return null;
    s.replace({ ...added, parts: { type } });
    return `«${added.key}»`;
  });
  return own.includes(null) || new Set(own).size < own.length || own.length === 0 ? null : `(${own.join(', ')}) REFERENCES «${target.of}» (${columns.map(({ ref }) => ref).join(', ')})`;
}

const opclass = (type: string, s: Sketch): string => (/^(text|character varying)/.test(type) ? s.pick('', '', '', ' text_pattern_ops', ' COLLATE "C"') : '');

export const KEY_KINDS: readonly SketchKind[] = [
  key('primary key', 10),
  key('unique', 5),
  {
    kind: 'check', weight: 7, home: [...ON, 'foreign table'],
    parts: {
      ask: (s, p) => { const [one, two] = [s.chance.one(s.columns(p.of)), s.chance.one(s.columns(p.of))]; return one && two ? s.pick(askBy(s, one), askBy(s, one), `(${askBy(s, one)}) OR (${askBy(s, two)})`, `(${askBy(s, one)}) AND NOT (${askBy(s, two)})`) : null; },
      valid: (s) => s.pick('', '', '', 'NOT VALID'), heirs: (s) => s.pick('', '', '', '', '', '', 'NO INHERIT'),
    },
    write: (p, s) => ({ now: [`ALTER ${s.get(p.of)?.kind === 'foreign table' ? 'FOREIGN ' : ''}TABLE «${p.of}» ADD CONSTRAINT ${me(p)} CHECK (${partOf(p, 'ask')})${spaced(p, 'heirs')}${spaced(p, 'valid')}`] }),
  },
  {
    kind: 'foreign key', weight: 9, home: ON,
    parts: { pointing, match: (s) => s.pick('', '', '', '', 'MATCH FULL'), acts: (s) => s.pick('', '', 'ON DELETE CASCADE', 'ON DELETE SET NULL', 'ON UPDATE RESTRICT', 'ON UPDATE CASCADE ON DELETE SET DEFAULT'), deferring, valid: (s) => s.pick('', '', '', 'NOT VALID') },
    write: (p) => ({ now: [`ALTER TABLE «${p.of}» ADD CONSTRAINT ${me(p)} FOREIGN KEY ${partOf(p, 'pointing')}${spaced(p, 'match')}${spaced(p, 'acts')}${spaced(p, 'deferring')}${spaced(p, 'valid')}`] }),
  },
  {
    kind: 'exclusion', weight: 3, home: ON,
    parts: { with: (s, p) => { const column = s.chance.one(s.columns(p.of).filter(({ type }) => /range|^integer$|^text$/.test(type))); return column ? (column.type.includes('range') ? `USING gist (${column.ref} WITH &&)` : `USING btree (${column.ref} WITH =)`) : null; }, where: (s, p) => { const column = s.chance.often(0.5) ? s.chance.one(s.columns(p.of)) : null; return column ? `WHERE (${askBy(s, column)})` : ''; }, deferring },
    write: (p) => ({ now: [`ALTER TABLE «${p.of}» ADD CONSTRAINT ${me(p)} EXCLUDE ${partOf(p, 'with')}${spaced(p, 'where')}${spaced(p, 'deferring')}`] }),
  },
  {
    kind: 'index', weight: 12, home: [...ON, 'materialized view'],
    parts: {
      unique: (s) => s.pick('', '', '', 'UNIQUE '), only: (s, p) => (s.get(p.of)?.kind === 'materialized view' ? '' : s.pick('', '', '', '', '', '', '', 'ONLY ')),
      keys: (s, p) => {
        const [one, two] = [s.chance.one(s.columns(p.of)), s.chance.one(s.columns(p.of))];
        if (!one || !two) return null;
        if (s.chance.often(0.1) && /jsonb|\[\]|tsvector/.test(one.type)) return `USING gin (${one.ref}${one.type === 'jsonb' ? s.pick('', ' jsonb_path_ops') : ''})`;
        if (s.chance.often(0.1)) return `USING ${s.pick('hash', 'brin')} (${one.ref})`;
        if (s.chance.often(0.25)) return `((${pureBy(s, one).sql})${s.pick('', ' DESC')}, ${two.ref})`;
        const text = s.chance.often(0.3) && one.type === 'text' ? s.one('configuration') : null;
        if (text) return `USING gin (to_tsvector(«${text.key}'»::regconfig, ${one.ref}))`;
        return `(${one.ref}${opclass(one.type, s)}${s.pick('', '', '', ' DESC', ' DESC NULLS LAST', ' NULLS FIRST')}${one === two ? '' : `, ${two.ref}`})`;
      },
      include: (s, p) => { const other = s.chance.often(0.1) ? s.chance.one(s.columns(p.of)) : null; return other ? `INCLUDE (${other.ref})` : ''; },
      options: (s) => s.pick('', '', '', '', '', 'WITH (fillfactor=50)'),
      where: (s, p) => { const column = s.chance.often(0.25) ? s.chance.one(s.columns(p.of)) : null; return column ? `WHERE ${askBy(s, column)}` : ''; },
      use: (s, p) => (s.get(p.of)?.kind === 'materialized view' ? '' : s.pick('', '', '', '', '', '', '', '', 'CLUSTER ON', 'REPLICA IDENTITY USING INDEX')),
    },
    write: (p) => ({ now: [`CREATE ${partOf(p, 'unique')}INDEX ${bare(p)} ON ${partOf(p, 'only')}«${p.of}» ${partOf(p, 'keys')}${spaced(p, 'include')}${spaced(p, 'options')}${spaced(p, 'where')}`], late: partOf(p, 'use') === '' ? [] : [`ALTER TABLE «${p.of}» ${partOf(p, 'use')} ${bare(p)}`] }),
  },
  {
    kind: 'statistics', weight: 2, home: 'schema',
    parts: {
      on: (s) => { const table = s.one(...TABLES); const columns = table ? s.columns(table.key) : []; const [one, two] = [s.chance.one(columns), s.chance.one(columns)]; return table && one && two && one !== two ? `ON ${one.ref}, ${s.chance.often(0.3) ? `(${pureBy(s, two).sql})` : two.ref} FROM ${me(table)}` : null; },
      types: (s) => s.pick('', '', '(ndistinct)', '(dependencies, mcv)'), target: (s) => s.pick('', '', '', '77'),
    },
    write: (p) => ({ now: [`CREATE STATISTICS ${me(p)}${spaced(p, 'types')} ${partOf(p, 'on')}`], late: partOf(p, 'target') === '' ? [] : [`ALTER STATISTICS ${me(p)} SET STATISTICS ${partOf(p, 'target')}`] }),
  },
];
