import { grown, type SketchKind, spaced } from './kind.ts';
import { partOf, type Piece } from './piece.ts';
import type { Sketch } from './sketch.ts';
import { pureBy, typeBy, valueBy } from './values.ts';

const me = (piece: Piece): string => `«${piece.key}»`;
const PLAIN_TABLE = ['table'] as const;

const settings = (s: Sketch): string => s.pick('', '', '', '', 'fillfactor=70', 'autovacuum_enabled=false, toast.autovacuum_enabled=false', 'parallel_workers=3', 'autovacuum_vacuum_threshold=77');
const security = (s: Sketch): string => s.pick('', '', '', '', 'ENABLE', 'FORCE');

/** What is said of a table once everything stands. */
function afterwards(p: Piece): string[] {
  const said = partOf(p, 'security');
  return [
    ...(said === '' ? [] : [`ALTER TABLE ${me(p)} ENABLE ROW LEVEL SECURITY`]), ...(said === 'FORCE' ? [`ALTER TABLE ${me(p)} FORCE ROW LEVEL SECURITY`] : []),
    ...(partOf(p, 'identity') === '' ? [] : [`ALTER TABLE ${me(p)} REPLICA IDENTITY ${partOf(p, 'identity')}`]),
    ...(partOf(p, 'owner') === '' ? [] : [`ALTER TABLE ${me(p)} OWNER TO ${partOf(p, 'owner')}`]),
  ];
}

const COMMON = {
  security,
  identity: (s: Sketch) => s.pick('', '', '', '', '', '', 'FULL', 'NOTHING'),
  owner: (s: Sketch) => s.pick('', '', '', '', '', '', '"Mutation Owner"'),
};

/** The columns that a table begins with: its key first, which for a partitioned one is what it is divided by. */
function beginning(s: Sketch, table: Piece): void {
  const first = s.pick('id', 'id', 'id', 'number');
  const divided = partOf(table, 'by') !== '';
  if (divided || partOf(table, 'inherits') === '') s.add({ key: s.newKey('column'), kind: 'column', name: divided ? 'k' : first, schema: null, of: table.key, parts: { type: divided ? 'integer' : s.pick('integer', 'bigint', 'uuid'), notnull: 'NOT NULL' } });
  for (let count = 1 + s.chance.below(6); count > 0; count -= 1) grown(s, COLUMN, table.key);
}

const COLUMN: SketchKind = {
  kind: 'column', weight: 14, home: PLAIN_TABLE,
  parts: {
    type: (s) => typeBy(s),
    collate: (s, p) => { const own = s.one('collation'); return /^(text|character varying)/.test(partOf(p, 'type')) && s.chance.often(0.12) ? `COLLATE ${own ? me(own) : s.pick('"C"', '"POSIX"')}` : ''; },
    // A default, a number of its own or a computed value: one of the three.
    value: (s, p) => {
      const type = partOf(p, 'type');
      if (/^(integer|bigint|smallint)$/.test(type) && s.chance.often(0.12)) return `GENERATED ${s.pick('ALWAYS', 'BY DEFAULT')} AS IDENTITY${s.pick('', '', ' (START WITH 10 INCREMENT BY 5)', ' (CACHE 7 CYCLE)')}`;
      if (s.chance.often(0.08)) {
        const from = s.chance.one(s.of('column').filter((each) => each.of === p.of && each.key !== p.key && !partOf(each, 'value').includes('STORED')));
        const made = from ? pureBy(s, { ref: me(from), type: partOf(from, 'type') }) : null;
        if (made?.type === type) return `GENERATED ALWAYS AS (${made.sql}) STORED`;
      }
      const value = s.chance.often(0.4) ? valueBy(s, type) : null;
      return value === null ? '' : `DEFAULT ${value}`;
    },
    notnull: (s) => s.pick('', '', 'NOT NULL'),
    storage: (s, p) => (s.chance.often(0.3) ? s.pick('STATISTICS 200', '(n_distinct=-0.5)', ...(/^(text|character|jsonb|bytea)/.test(partOf(p, 'type')) ? ['STORAGE EXTERNAL', 'STORAGE MAIN', 'COMPRESSION pglz'] : [])) : ''),
  },
  write: (p) => ({ now: [], late: partOf(p, 'storage') === '' ? [] : [`ALTER TABLE «${p.of}» ALTER COLUMN ${me(p)} SET ${partOf(p, 'storage')}`] }),
};

const columnText = (p: Piece): string => `${me(p)} ${partOf(p, 'type')}${spaced(p, 'collate')}${spaced(p, 'value')}${spaced(p, 'notnull')}`;

export const TABLE_KINDS: readonly SketchKind[] = [
  {
    kind: 'table', weight: 14, home: 'schema', follow: beginning,
    parts: {
      persistence: (s) => s.pick('', '', '', '', '', '', 'UNLOGGED '),
      by: (s) => s.pick('', '', '', '', '', 'LIST (k)', 'RANGE (k)', 'HASH (k)'),
      inherits: (s, p) => { const parents = s.of('table').filter((each) => partOf(each, 'by') === '' && each.key !== p.key); const parent = partOf(p, 'by') === '' && s.chance.often(0.12) ? s.chance.one(parents) : null; return parent ? me(parent) : ''; },
      settings: (s, p) => (partOf(p, 'by') === '' ? settings(s) : ''), ...COMMON,
    },
    write: (p, s) => ({
      now: [`CREATE ${partOf(p, 'by') === '' ? partOf(p, 'persistence') : ''}TABLE ${me(p)} (\n  ${s.of('column').filter((each) => each.of === p.key).map(columnText).join(',\n  ')}\n)${partOf(p, 'inherits') === '' ? '' : ` INHERITS (${partOf(p, 'inherits')})`}${partOf(p, 'by') === '' ? '' : ` PARTITION BY ${partOf(p, 'by')}`}${partOf(p, 'settings') === '' ? '' : ` WITH (${partOf(p, 'settings')})`}`],
      late: afterwards(p),
    }),
  },
  { kind: 'typed table', weight: 1, home: 'schema', parts: { type: (s) => { const type = s.one('composite'); return type ? me(type) : null; }, ...COMMON }, write: (p) => ({ now: [`CREATE TABLE ${me(p)} OF ${partOf(p, 'type')}`], late: afterwards(p) }) },
  {
    kind: 'partition', weight: 6, home: 'schema',
    parts: {
      parent: (s, p) => { const parent = s.chance.one([...s.of('table'), ...s.of('partition')].filter((each) => partOf(each, 'by') !== '' && each.key !== p.key)); return parent ? me(parent) : null; },
      bounds: (s, p) => boundsIn(s, p),
      attached: (s) => s.pick('', '', 'yes'),
      extra: (s) => s.pick('', '', '', 'CONSTRAINT apart CHECK (k <> 13)', 'k DEFAULT 3'),
      by: (s) => s.pick('', '', '', '', '', '', '', 'LIST (k)'),
      ...COMMON,
    },
    write: (p) => ({
      now: partOf(p, 'attached') === ''
        ? [`CREATE TABLE ${me(p)} PARTITION OF ${partOf(p, 'parent')}${partOf(p, 'extra') === '' ? '' : ` (${partOf(p, 'extra')})`} ${partOf(p, 'bounds')}${partOf(p, 'by') === '' ? '' : ` PARTITION BY ${partOf(p, 'by')}`}`]
        : [`CREATE TABLE ${me(p)} (LIKE ${partOf(p, 'parent')} INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING DEFAULTS)${partOf(p, 'by') === '' ? '' : ` PARTITION BY ${partOf(p, 'by')}`}`, `ALTER TABLE ${partOf(p, 'parent')} ATTACH PARTITION ${me(p)} ${partOf(p, 'bounds')}`],
      late: afterwards(p),
    }),
  },
  COLUMN,
];

/** Bounds that no other partition of the same sketch has. */
function boundsIn(s: Sketch, p: Piece): string {
  const parent = s.get(partOf(p, 'parent').slice(1, -1));
  const at = s.number;
  const by = parent ? partOf(parent, 'by') : '';
  if (!by.startsWith('HASH') && s.chance.often(0.15)) return 'DEFAULT';
  if (by.startsWith('LIST')) return `FOR VALUES IN (${at}${s.pick('', `, ${at + 10_000}`, ', NULL')})`;
  return by.startsWith('RANGE') ? `FOR VALUES FROM (${at * 10}) TO (${at * 10 + 10})` : `FOR VALUES WITH (MODULUS 5, REMAINDER ${s.chance.below(5)})`;
}
