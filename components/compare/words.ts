import type { ListChange, ListHazard } from '#lib/pipeline/compare-list.ts';
import type { DecisionVerdict } from '#lib/pipeline/plan.ts';
import type { Attribute, ObjectKind } from '#lib/pipeline/snapshot.ts';

export const KIND_WORDS: Record<ObjectKind, { one: string; many: string }> = {
  schema: { one: 'schema', many: 'schemas' },
  enum: { one: 'enum', many: 'enums' },
  sequence: { one: 'sequence', many: 'sequences' },
  table: { one: 'table', many: 'tables' },
  column: { one: 'column', many: 'columns' },
  constraint: { one: 'constraint', many: 'constraints' },
  index: { one: 'index', many: 'indexes' },
  extension: { one: 'extension', many: 'extensions' },
  language: { one: 'language', many: 'languages' },
  domain: { one: 'domain', many: 'domains' },
  composite_type: { one: 'composite type', many: 'composite types' },
  range_type: { one: 'range type', many: 'range types' },
  collation: { one: 'collation', many: 'collations' },
  foreign_table: { one: 'foreign table', many: 'foreign tables' },
  statistics: { one: 'extended statistics', many: 'extended statistics' },
  view: { one: 'view', many: 'views' },
  materialized_view: { one: 'materialized view', many: 'materialized views' },
  trigger: { one: 'trigger', many: 'triggers' },
  rule: { one: 'rule', many: 'rules' },
  policy: { one: 'policy', many: 'policies' },
  function: { one: 'function', many: 'functions' },
  procedure: { one: 'procedure', many: 'procedures' },
  aggregate: { one: 'aggregate', many: 'aggregates' },
  operator: { one: 'operator', many: 'operators' },
  operator_family: { one: 'operator family', many: 'operator families' },
  operator_class: { one: 'operator class', many: 'operator classes' },
  transform: { one: 'transform', many: 'transforms' },
  access_method: { one: 'access method', many: 'access methods' },
  base_type: { one: 'base type', many: 'base types' },
  cast: { one: 'cast', many: 'casts' },
  conversion: { one: 'conversion', many: 'conversions' },
  text_search_parser: { one: 'text search parser', many: 'text search parsers' },
  text_search_template: { one: 'text search template', many: 'text search templates' },
  text_search_dictionary: { one: 'text search dictionary', many: 'text search dictionaries' },
  text_search_configuration: { one: 'text search configuration', many: 'text search configurations' },
  foreign_data_wrapper: { one: 'foreign data wrapper', many: 'foreign data wrappers' },
  foreign_server: { one: 'foreign server', many: 'foreign servers' },
  user_mapping: { one: 'user mapping', many: 'user mappings' },
  event_trigger: { one: 'event trigger', many: 'event triggers' },
  publication: { one: 'publication', many: 'publications' },
  subscription: { one: 'subscription', many: 'subscriptions' },
  default_privileges: { one: 'default privileges', many: 'default privileges' },
  grant: { one: 'grant', many: 'grants' },
  comment: { one: 'comment', many: 'comments' },
  security_label: { one: 'security label', many: 'security labels' },
  extension_tie: { one: 'tie to an extension', many: 'ties to extensions' },
  placement: { one: 'tablespace', many: 'tablespaces' },
};

export const LIST_HAZARDS: readonly ListHazard[] = ['loses', 'changes', 'rewrites', 'stops', 'refused'];
export const HAZARD_WORDS: Record<ListHazard, string> = { loses: 'loses data', changes: 'changes values', rewrites: 'rewrites a table', stops: 'may stop at a row', refused: 'no script' };

export function verdictWord(verdict: DecisionVerdict, current: string): string {
  switch (verdict) {
    case 'not_needed': return 'not needed';
    case 'later': return 'later';
    case 'keep': return `keep in ${current}`;
  }
}

/** Only in the one, only in the other, or different. */
export function changeWord(change: ListChange, current: string, desired: string): string {
  switch (change) {
    case 'add': return `only in ${desired}`;
    case 'remove': return `only in ${current}`;
    case 'change': return 'different';
    case 'identical': return 'identical';
  }
}

/** One part of a cell; `name` is the attribute that it says. */
export interface CellPart {
  name: string;
  /** What the text begins with, of what is no SQL. */
  label?: string;
  text: string;
}

/** What stands in the cell of one side. Columns read like SQL, definitions stand alone, the rest is `name: value`. */
export function cellParts(kind: ObjectKind, attributes: Readonly<Record<string, Attribute>>, labels: Readonly<Record<string, string>>): CellPart[] {
  if (kind === 'column') return columnParts(attributes, labels);
  const { definition } = attributes;
  if ((kind === 'constraint' || kind === 'index') && typeof definition === 'string') {
    const rest: CellPart[] = [];
    if (attributes.validated === false) rest.push({ name: 'validated', text: 'not valid' });
    if (attributes.valid === false) rest.push({ name: 'valid', text: 'invalid' });
    return [{ name: 'definition', text: definition }, ...rest];
  }
  if (kind === 'enum' && Array.isArray(attributes.labels)) return [{ name: 'labels', text: attributes.labels.join(', ') }];
  return Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => labelled(name, labels, attributeText(value)));
}

function labelled(name: string, labels: Readonly<Record<string, string>>, value: string): CellPart {
  const label = `${labels[name] ?? name}: `;
  return { name, label, text: `${label}${value === '' ? 'none' : value}` };
}

function columnParts(attributes: Readonly<Record<string, Attribute>>, labels: Readonly<Record<string, string>>): CellPart[] {
  const known = ['type', 'nullable', 'default', 'identity', 'generated', 'collation'];
  const text = (name: string, prefix: string): CellPart[] => (attributes[name] === null || attributes[name] === undefined ? [] : [{ name, text: `${prefix}${attributeText(attributes[name])}` }]);
  return [
    ...text('type', ''),
    ...(attributes.nullable === undefined ? [] : [{ name: 'nullable', text: attributes.nullable === true ? 'null' : 'not null' }]),
    ...text('default', 'default '),
    ...text('identity', 'identity '),
    ...text('generated', 'generated '),
    ...text('collation', 'collate '),
    ...Object.keys(attributes).filter((name) => !known.includes(name)).flatMap((name) => text(name, `${labels[name] ?? name}: `)),
  ];
}

function attributeText(value: Attribute): string {
  if (value === null) return 'none';
  if (typeof value === 'object') return value.map(spokenValue).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return spokenValue(String(value));
}

/** An ObjectId without its kind: `table:public.t` is called public.t. */
function spokenValue(value: string): string {
  const [, kind, path] = /^([a-z_]+):(?!:)(\S.*)$/.exec(value) ?? [];
  return kind !== undefined && path !== undefined && kind in KIND_WORDS ? path : value;
}
