import { foreignKeyDefinition, ident } from '../ddl.ts';
import type { Hazard } from '../hazards.ts';
import type { TableName } from '../plan.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import type { Part } from './alter-table.ts';
import { holdUp, type Reader } from './effect.ts';
import { constraintObject } from './existing.ts';
import { type Node, relationAt, textAt, wrapped } from './tree.ts';

const KEYS = new Set(['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_EXCLUSION']);

/** Actions about one constraint; null for others. */
export function alterConstraint(cmd: Node, table: TableName, reader: Reader): Part | null {
  const name = textAt(cmd, 'name') ?? '';
  switch (String(cmd.subtype)) {
    case 'AT_AddConstraint': return addConstraint(wrapped(cmd.def, 'Constraint') ?? {}, table, reader);
    case 'AT_ValidateConstraint': return validate(table, name, reader);
    case 'AT_DropConstraint': return drop(table, name, reader);
    case 'AT_AlterConstraint': return { ...parentLock(table, textAt(wrapped(cmd.def, 'ATAlterConstraint') ?? wrapped(cmd.def, 'Constraint') ?? {}, 'conname') ?? '', reader) };
    default: return null;
  }
}

function addConstraint(constraint: Node, table: TableName, reader: Reader): Part {
  const type = String(constraint.contype);
  const name = textAt(constraint, 'conname') ?? (type === 'CONSTR_PRIMARY' && textAt(constraint, 'indexname') === null ? `${table.name}_pkey` : null);
  // Taking a key away takes its index along, which was there before where it came from one.
  const inverse = name === null || textAt(constraint, 'indexname') !== null || name.length > 63 ? null : `DROP CONSTRAINT ${ident(name)}`;
  if (type === 'CONSTR_FOREIGN') return { ...addForeignKey(constraint, table, reader), inverse };
  const later = constraint.skip_validation === true || constraint.is_enforced === false;
  if (KEYS.has(type)) return { ...addKey(constraint, table), inverse };
  return { span: later ? 'moment' : 'reads', hazards: later ? [] : stops(`Stops at a row of ${table.name} that does not keep ${name ?? 'the new constraint'}.`), inverse };
}

/** SHARE ROW EXCLUSIVE on both tables, NOT VALID or not: what differs is whether rows are read meanwhile. */
function addForeignKey(constraint: Node, table: TableName, reader: Reader): Part {
  const parent = relationAt(constraint, 'pktable', reader.resolve);
  const later = constraint.skip_validation === true;
  const span = later ? 'moment' : 'reads';
  return {
    mode: 'SHARE ROW EXCLUSIVE',
    span,
    locks: parent ? [{ mode: 'SHARE ROW EXCLUSIVE', table: parent }] : [],
    tables: parent ? [parent] : [],
    hazards: [...(parent ? holdUp('SHARE ROW EXCLUSIVE', parent, span) : []), ...(later ? [] : stops(`Stops at a row of ${table.name} whose parent in ${parent?.name ?? 'the other table'} is missing.`))],
  };
}

function addKey(constraint: Node, table: TableName): Part {
  if (textAt(constraint, 'indexname') !== null) return { span: 'moment' };
  return { span: 'reads', hazards: stops(`Stops where two rows of ${table.name} have the same values${constraint.contype === 'CONSTR_PRIMARY' ? ', or one has none' : ''}.`) };
}

function validate(table: TableName, name: string, reader: Reader): Part {
  const parent = reader.existing ? parentOf(constraintObject(reader.existing, table, name)) : null;
  return { mode: 'SHARE UPDATE EXCLUSIVE', span: 'reads', locks: parent ? [{ mode: 'ROW SHARE', table: parent }] : [], hazards: stops(`Stops at a row of ${table.name} that does not keep ${name}.`) };
}

function drop(table: TableName, name: string, reader: Reader): Part {
  const known = reader.existing ? constraintObject(reader.existing, table, name) : undefined;
  return { ...parentLock(table, name, reader), inverse: known ? `ADD CONSTRAINT ${ident(name)} ${definitionOf(known)}` : null };
}

/** A foreign key is taken from both tables, under the same lock. */
function parentLock(table: TableName, name: string, reader: Reader): Part {
  const parent = reader.existing ? parentOf(constraintObject(reader.existing, table, name)) : null;
  return parent ? { locks: [{ mode: 'ACCESS EXCLUSIVE', table: parent }], tables: [parent], hazards: holdUp('ACCESS EXCLUSIVE', parent, 'moment') } : {};
}

function parentOf(constraint: SchemaObject | undefined): TableName | null {
  const references = constraint?.attributes.references;
  if (typeof references !== 'string') return null;
  const [schema = '', name = ''] = parseObjectId(references).path;
  return { schema, name };
}

function definitionOf(constraint: SchemaObject): string {
  const parent = parentOf(constraint);
  return parent ? foreignKeyDefinition(constraint, parent) : String(constraint.attributes.definition);
}

function stops(sentence: string): Hazard[] {
  return [{ code: 'STOPS_ON_ROWS', sentence }];
}
