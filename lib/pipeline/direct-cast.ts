// Which casts the server itself knows between its own types (pg_cast, Postgres 14; later versions only add to it).

const CASTS: Readonly<Record<string, string>> = {
  bigint: 'smallint, integer, real, double precision, money, bit, numeric',
  bit: 'bigint, integer, bit varying',
  'bit varying': 'bit',
  boolean: 'integer',
  box: 'point, lseg, polygon, circle',
  'character varying': 'xml',
  character: 'xml',
  circle: 'point, box, polygon',
  date: 'timestamp without time zone, timestamp with time zone',
  daterange: 'datemultirange',
  'double precision': 'bigint, smallint, integer, real, numeric',
  inet: 'cidr',
  cidr: 'inet',
  int4range: 'int4multirange',
  int8range: 'int8multirange',
  integer: 'boolean, bigint, smallint, real, double precision, money, bit, numeric',
  interval: 'time without time zone',
  json: 'jsonb',
  jsonb: 'boolean, bigint, smallint, integer, json, real, double precision, numeric',
  lseg: 'point',
  macaddr: 'macaddr8',
  macaddr8: 'macaddr',
  money: 'numeric',
  numeric: 'bigint, smallint, integer, real, double precision, money',
  numrange: 'nummultirange',
  path: 'point, polygon',
  point: 'box',
  polygon: 'point, path, box, circle',
  real: 'bigint, smallint, integer, double precision, numeric',
  smallint: 'bigint, integer, real, double precision, numeric',
  text: 'xml',
  'time with time zone': 'time without time zone',
  'time without time zone': 'interval, time with time zone',
  'timestamp with time zone': 'date, time without time zone, timestamp without time zone, time with time zone',
  'timestamp without time zone': 'date, time without time zone, timestamp with time zone',
  tsrange: 'tsmultirange',
  tstzrange: 'tstzmultirange',
};

const STRINGS = new Set(['text', 'character varying', 'character', 'name']);

/** Whether `value::to` is a statement that the server takes for a value of type `from`; both as format_type() writes them. Types of the user: no. */
export function castsDirectly(from: string, to: string): boolean {
  const [a, b] = [bare(from), bare(to)];
  if (a === b) return true;
  if (a.includes('.') || b.includes('.')) return false;
  if (STRINGS.has(a) || STRINGS.has(b)) return true;
  if (a.endsWith('[]') !== b.endsWith('[]')) return false;
  const [source, target] = [a.replace(/\[\]$/, ''), b.replace(/\[\]$/, '')];
  return STRINGS.has(source) || STRINGS.has(target) || (CASTS[source]?.split(', ').includes(target) ?? false);
}

function bare(type: string): string {
  return type.replace(/\([0-9, -]+\)/, '').replace(/^interval .*$/, 'interval');
}
