import { literal } from '#lib/pipeline/ddl.ts';
import type { SketchKind } from './kind.ts';
import { partOf, type Piece } from './piece.ts';
import { RELATIONS, type Sketch, TABLES } from './sketch.ts';
import { askBy, ROLES } from './values.ts';

const me = (piece: Piece): string => `«${piece.key}»`;
const bare = (piece: Piece): string => `«${piece.key}!»`;

const WORDS: Readonly<Record<string, string>> = { enum: 'TYPE', composite: 'TYPE', range: 'TYPE', domain: 'DOMAIN', partition: 'TABLE', 'typed table': 'TABLE', 'trigger function': 'FUNCTION', 'step function': 'FUNCTION', comparison: 'FUNCTION', dictionary: 'TEXT SEARCH DICTIONARY', configuration: 'TEXT SEARCH CONFIGURATION', 'primary key': 'CONSTRAINT', unique: 'CONSTRAINT', check: 'CONSTRAINT', 'foreign key': 'CONSTRAINT', exclusion: 'CONSTRAINT' };
const SAID_OF = ['schema', 'enum', 'domain', 'composite', 'range', 'collation', 'sequence', 'table', 'table', 'partition', 'view', 'materialized view', 'index', 'statistics', 'trigger', 'rule', 'policy', 'primary key', 'unique', 'check', 'foreign key', 'exclusion', 'publication', 'configuration', 'dictionary', 'foreign table', 'server', 'event trigger', 'column', 'column', 'column', 'trigger function'] as const;
const ON_TABLE: ReadonlySet<string> = new Set(['trigger', 'rule', 'policy', 'primary key', 'unique', 'check', 'foreign key', 'exclusion']);

function commented(p: Piece, s: Sketch): string {
  const piece = s.get(p.of);
  const kind = piece?.kind ?? '';
  const word = WORDS[kind] ?? kind.toUpperCase();
  if (kind === 'column') return `COLUMN «${piece?.of}».«${p.of}»`;
  if (ON_TABLE.has(kind)) return `${word} «${p.of}» ON «${piece?.of}»`;
  return `${word} «${p.of}»${kind === 'trigger function' ? '()' : ''}`;
}

export const ACCESS_KINDS: readonly SketchKind[] = [
  { kind: 'comment', weight: 7, home: SAID_OF, parts: { text: (s) => s.pick('plain', `it's "quoted" \\ and\nlong; --`, `said ${s.chance.below(99)}`) }, write: (p, s) => ({ now: [], late: [`COMMENT ON ${commented(p, s)} IS ${literal(partOf(p, 'text'))}`] }) },
  {
    kind: 'grant', weight: 6, home: [...RELATIONS, 'sequence', 'schema', 'enum', 'domain', 'composite', 'trigger function'],
    parts: {
      what: (s, p) => {
        const kind = s.get(p.of)?.kind ?? '';
        const column = s.chance.often(0.25) ? s.chance.one(s.columns(p.of)) : null;
        if (RELATIONS.includes(kind)) return column ? `${s.pick('SELECT', 'UPDATE', 'REFERENCES')} (${column.ref}) ON «${p.of}»` : `${s.pick('SELECT', 'INSERT, UPDATE', 'ALL', 'SELECT, TRUNCATE')} ON «${p.of}»`;
        return `${s.pick('ALL', 'USAGE').replace('USAGE', kind === 'trigger function' ? 'EXECUTE' : 'USAGE')} ON ${kind === 'composite' || kind === 'enum' ? 'TYPE' : (WORDS[kind] ?? kind.toUpperCase())} «${p.of}»${kind === 'trigger function' ? '()' : ''}`;
      },
      to: (s) => s.pick('PUBLIC', ...ROLES, 'mutation_reader WITH GRANT OPTION'), how: (s) => s.pick('GRANT', 'GRANT', 'GRANT', 'GRANT', 'REVOKE'),
    },
    write: (p) => ({ now: [], late: [`${partOf(p, 'how')} ${partOf(p, 'what')} ${partOf(p, 'how') === 'GRANT' ? 'TO' : 'FROM'} ${partOf(p, 'how') === 'GRANT' ? partOf(p, 'to') : partOf(p, 'to').replace(' WITH GRANT OPTION', '')}`] }),
  },
  {
    kind: 'default privileges', weight: 1, home: 'database',
    parts: { what: (s) => s.pick('SELECT ON TABLES', 'ALL ON SEQUENCES', 'EXECUTE ON FUNCTIONS', 'USAGE ON TYPES', 'INSERT, UPDATE ON TABLES'), to: (s) => s.pick(...ROLES), in: (s) => { const schema = s.chance.often(0.5) ? s.one('schema') : null; return schema ? `IN SCHEMA ${me(schema)} ` : ''; } },
    write: (p) => ({ now: [], late: [`ALTER DEFAULT PRIVILEGES ${partOf(p, 'in')}GRANT ${partOf(p, 'what')} TO ${partOf(p, 'to')}`] }),
  },
  {
    kind: 'publication', weight: 2, home: 'database',
    parts: {
      of: (s) => { const found = s.column(TABLES); const schema = s.chance.often(0.15) ? s.one('schema') : null; return schema ? `FOR TABLES IN SCHEMA ${me(schema)}` : found ? s.pick('FOR ALL TABLES', `FOR TABLE ${me(found.relation)}`, `FOR TABLE ${me(found.relation)} WHERE (${askBy(s, found.column)})`, `FOR TABLE ONLY ${me(found.relation)} (${found.column.ref})`) : null; },
      with: (s) => s.pick('', '', ` WITH (publish = 'insert, delete')`, ' WITH (publish_via_partition_root = true)'),
    },
    write: (p) => ({ now: [`CREATE PUBLICATION ${bare(p)} ${partOf(p, 'of')}${partOf(p, 'with')}`] }),
  },
  { kind: 'server', weight: 2, home: 'database', parts: { options: (s) => s.pick('', ` OPTIONS (host 'here''s')`) }, write: (p) => ({ now: [`CREATE FOREIGN DATA WRAPPER ${p.key} OPTIONS (a '1')`, `CREATE SERVER ${bare(p)} FOREIGN DATA WRAPPER ${p.key}${partOf(p, 'options')}`] }) },
  {
    kind: 'foreign table', weight: 3, home: 'schema', parts: { server: (s) => { const server = s.one('server'); return server ? me(server) : null; }, columns: (s) => s.pick('id integer NOT NULL, label text', `id integer, label text OPTIONS (c 'd') DEFAULT 'x'`, 'id integer, label text, more date'), options: (s) => s.pick('', ` OPTIONS (t '1')`) },
    write: (p) => ({ now: [`CREATE FOREIGN TABLE ${me(p)} (${partOf(p, 'columns')}) SERVER ${partOf(p, 'server')}${partOf(p, 'options')}`] }),
  },
  { kind: 'extension', weight: 1, home: 'schema', parts: { name: (s) => s.pick('pgcrypto', 'citext', 'hstore', 'pg_trgm', 'btree_gist') }, write: (p) => ({ now: [`CREATE EXTENSION ${partOf(p, 'name')}${p.schema === null ? '' : ` SCHEMA «${p.schema}»`}`] }) },
];
