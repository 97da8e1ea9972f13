import { literal } from '#lib/pipeline/ddl.ts';
import { type SketchKind, spaced } from './kind.ts';
import { partOf, type Piece } from './piece.ts';
import type { Column, Sketch } from './sketch.ts';
import { askBy, typeBy, valueBy } from './values.ts';

const LABELS = ['new', 'open', `it's`, 'Größe', 'closed', 'on hold', 'x', 'done', 'lost'] as const;

const me = (piece: Piece): string => `«${piece.key}»`;

function someLabels(s: Sketch): string {
  const from = s.chance.below(4);
  return JSON.stringify(LABELS.slice(from, from + 2 + s.chance.below(4)));
}

function someFields(s: Sketch): string {
  const fields: Column[] = Array.from({ length: 1 + s.chance.below(4) }, (_, at) => ({ ref: s.chance.often(0.9) ? `f${at}` : `"F ${at}"`, type: typeBy(s) }));
  return JSON.stringify(fields);
}

const listed = (columns: readonly Column[]): string => columns.map(({ ref, type }) => `${ref} ${type}`).join(', ');

export const TYPE_KINDS: readonly SketchKind[] = [
  { kind: 'schema', weight: 2, home: 'database', parts: {}, write: (p) => ({ now: [`CREATE SCHEMA ${me(p)}`] }) },
  { kind: 'enum', weight: 5, home: 'schema', parts: { labels: someLabels }, write: (p) => ({ now: [`CREATE TYPE ${me(p)} AS ENUM (${(JSON.parse(partOf(p, 'labels')) as string[]).map(literal).join(', ')})`] }) },
  {
    kind: 'domain', weight: 4, home: 'schema',
    parts: {
      base: (s) => typeBy(s),
      default: (s, p) => (s.chance.often(0.4) ? (valueBy(s, partOf(p, 'base')) ?? '') : ''),
      notnull: (s) => s.pick('', '', '', 'NOT NULL'),
      check: (s, p) => (s.chance.often(0.6) ? `CHECK (${askBy(s, { ref: 'VALUE', type: partOf(p, 'base') })})` : ''),
      more: (s, p) => (s.chance.often(0.2) ? `CONSTRAINT "second one" CHECK (${askBy(s, { ref: 'VALUE', type: partOf(p, 'base') })})` : ''),
    },
    write: (p) => ({ now: [`CREATE DOMAIN ${me(p)} AS ${partOf(p, 'base')}${partOf(p, 'default') === '' ? '' : ` DEFAULT ${partOf(p, 'default')}`}${spaced(p, 'notnull')}${spaced(p, 'check')}${spaced(p, 'more')}`] }),
  },
  { kind: 'composite', weight: 3, home: 'schema', parts: { fields: someFields }, write: (p) => ({ now: [`CREATE TYPE ${me(p)} AS (${listed(JSON.parse(partOf(p, 'fields')) as Column[])})`] }) },
  { kind: 'range', weight: 1, home: 'schema', parts: { subtype: (s) => s.pick('integer', 'text', 'timestamptz', 'float8, SUBTYPE_DIFF = float8mi', 'text, COLLATION = "C"') }, write: (p) => ({ now: [`CREATE TYPE ${me(p)} AS RANGE (SUBTYPE = ${partOf(p, 'subtype')})`] }) },
  { kind: 'collation', weight: 1, home: 'schema', parts: { locale: (s) => s.pick(`LOCALE = 'C'`, `PROVIDER = icu, LOCALE = 'de'`, `PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false`) }, write: (p) => ({ now: [`CREATE COLLATION ${me(p)} (${partOf(p, 'locale')})`] }) },
  {
    kind: 'sequence', weight: 3, home: 'schema',
    parts: {
      persistence: (s) => s.pick('', '', '', 'UNLOGGED '), type: (s) => s.pick('', '', 'AS smallint', 'AS integer'), step: (s) => s.pick('', '', 'INCREMENT BY -2', 'START WITH 50 MINVALUE 10 MAXVALUE 900', 'INCREMENT BY 5 START WITH 5'), rest: (s) => s.pick('', '', 'CACHE 5', 'CYCLE', 'CACHE 3 CYCLE'),
      owned: (s) => { const table = s.chance.often(0.3) ? s.one('table') : null; const column = table ? s.chance.one(s.of('column').filter((each) => each.of === table.key)) : null; return table && column ? `«${table.key}».«${column.key}»` : ''; },
    },
    write: (p) => ({ now: [`CREATE ${partOf(p, 'persistence')}SEQUENCE ${me(p)}${spaced(p, 'type')}${spaced(p, 'step')}${spaced(p, 'rest')}`], late: partOf(p, 'owned') === '' ? [] : [`ALTER SEQUENCE ${me(p)} OWNED BY ${partOf(p, 'owned')}`] }),
  },
  {
    kind: 'dictionary', weight: 1, home: 'schema', parts: { template: (s) => s.pick('simple', 'simple, StopWords = english', 'snowball, Language = english', 'snowball, Language = german') },
    write: (p) => ({ now: [`CREATE TEXT SEARCH DICTIONARY ${me(p)} (TEMPLATE = ${partOf(p, 'template')})`] }),
  },
  {
    kind: 'configuration', weight: 1, home: 'schema',
    parts: { from: (s) => s.pick('COPY = english', 'COPY = simple', 'PARSER = "default"'), mapping: (s) => { const dictionary = s.one('dictionary'); return dictionary ? `ADD MAPPING FOR ${s.pick('asciiword', 'word, email')} WITH «${dictionary.key}», simple` : ''; } },
    write: (p) => ({ now: [`CREATE TEXT SEARCH CONFIGURATION ${me(p)} (${partOf(p, 'from')})`, ...(partOf(p, 'mapping') === '' ? [] : [`ALTER TEXT SEARCH CONFIGURATION ${me(p)} ${partOf(p, 'from').startsWith('COPY') ? partOf(p, 'mapping').replace('ADD', 'ALTER') : partOf(p, 'mapping')}`])] }),
  },
];
