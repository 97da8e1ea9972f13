import type { AlignedRowDto, CompareGroupDto, DeltaDto } from '#lib/dal/dto.ts';
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
};

export function verdictWord(verdict: DecisionVerdict, current: string): string {
  switch (verdict) {
    case 'not_needed': return 'not needed';
    case 'later': return 'later';
    case 'keep': return `keep in ${current}`;
  }
}

/** Only in the one, only in the other, or different. */
export function changeWord(change: CompareGroupDto['change'] | DeltaDto['change'] | AlignedRowDto['change'], current: string, desired: string): string {
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
  text: string;
}

/** What stands in the cell of one side. Columns read like SQL, definitions stand alone, the rest is `name: value`. */
export function cellParts(kind: ObjectKind, attributes: Readonly<Record<string, Attribute>>): CellPart[] {
  if (kind === 'column') return columnParts(attributes);
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
    .map(([name, value]) => ({ name, text: `${name.replaceAll('_', ' ')}: ${attributeText(value)}` }));
}

function columnParts(attributes: Readonly<Record<string, Attribute>>): CellPart[] {
  const known = ['type', 'nullable', 'default', 'identity', 'generated', 'collation'];
  const text = (name: string, prefix: string): CellPart[] => (attributes[name] === null || attributes[name] === undefined ? [] : [{ name, text: `${prefix}${attributeText(attributes[name])}` }]);
  return [
    ...text('type', ''),
    ...(attributes.nullable === undefined ? [] : [{ name: 'nullable', text: attributes.nullable === true ? 'null' : 'not null' }]),
    ...text('default', 'default '),
    ...text('identity', 'identity '),
    ...text('generated', 'generated '),
    ...text('collation', 'collate '),
    ...Object.keys(attributes).filter((name) => !known.includes(name)).flatMap((name) => text(name, `${name.replaceAll('_', ' ')}: `)),
  ];
}

export function attributeText(value: Attribute): string {
  if (value === null) return 'none';
  if (typeof value === 'object') return value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
