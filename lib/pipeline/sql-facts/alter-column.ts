import { keepsAPart, silentChange } from '../changed-values.ts';
import { ident } from '../ddl.ts';
import type { Hazard } from '../hazards.ts';
import type { TableName } from '../plan.ts';
import { objectId } from '../snapshot.ts';
import type { Part } from './alter-table.ts';
import { columnConstraints } from './columns.ts';
import type { Reader } from './effect.ts';
import { columnObject } from './existing.ts';
import { isCut } from './overwrites.ts';
import { findNodes, isNode, listAt, type Node, nodeAt, relationAt, textAt, words, wrapped } from './tree.ts';
import { isSerial, keepsRows, typeText } from './type-text.ts';
import { volatileFunctions } from './volatile.ts';

/** Actions about one column; null for others. */
export function alterColumn(cmd: Node, table: TableName, reader: Reader): Part | null {
  const name = textAt(cmd, 'name') ?? '';
  const column = reader.existing ? columnObject(reader.existing, table, name) : undefined;
  switch (String(cmd.subtype)) {
    case 'AT_AddColumn': return addColumn(cmd, table, reader);
    case 'AT_DropColumn': return { loses: [table], hazards: [{ code: 'LOSES_DATA', sentence: `The values of ${table.name}.${name} are gone.` }] };
    case 'AT_AlterColumnType': return alterType(cmd, table, name, reader);
    case 'AT_SetNotNull': return setNotNull(table, name, reader);
    case 'AT_DropNotNull': return { inverse: column?.attributes.nullable === false ? `ALTER COLUMN ${ident(name)} SET NOT NULL` : null };
    case 'AT_ColumnDefault': return { inverse: defaultBack(column?.attributes.default, name, column !== undefined) };
    case 'AT_AddIdentity': return { inverse: `ALTER COLUMN ${ident(name)} DROP IDENTITY` };
    case 'AT_SetExpression': return { span: 'writes' };
    default: return null;
  }
}

function defaultBack(before: unknown, name: string, known: boolean): string | null {
  if (!known) return null;
  return typeof before === 'string' ? `ALTER COLUMN ${ident(name)} SET DEFAULT ${before}` : `ALTER COLUMN ${ident(name)} DROP DEFAULT`;
}

function addColumn(cmd: Node, table: TableName, reader: Reader): Part {
  const definition = wrapped(cmd.def, 'ColumnDef') ?? {};
  const name = textAt(definition, 'colname') ?? '';
  const parts = columnConstraints(definition);
  const generated = parts.generated !== null && parts.generated.generated_kind !== 'v';
  const volatile = parts.fallback !== null && volatileFunctions(parts.fallback).length > 0;
  const domain = parts.domain(reader);
  // A domain without rules is its type (DomainHasConstraints() of the server).
  const checked = domain !== null && (domain.attributes.nullable === false || (Array.isArray(domain.attributes.constraints) ? domain.attributes.constraints.length > 0 : true));
  const rewrites = generated || volatile || parts.identity || isSerial(nodeAt(definition, 'typeName')) || checked;
  const filled = parts.fallback !== null || parts.generated !== null || parts.identity || isSerial(nodeAt(definition, 'typeName'));
  const empty = parts.notNull && !filled;
  const parent = parts.foreign ? relationAt(parts.foreign, 'pktable', reader.resolve) : null;
  return {
    span: rewrites ? 'writes' : parts.keyed || parts.checked || (parts.foreign !== null && filled) ? 'reads' : 'moment',
    hazards: empty ? [{ code: 'STOPS_ON_ROWS', sentence: `Stops where ${table.name} has rows: ${name} is NOT NULL and nothing fills it.` }] : [],
    locks: parent ? [{ mode: 'SHARE ROW EXCLUSIVE', table: parent }] : [],
    tables: parent ? [parent] : [],
    inverse: cmd.missing_ok === true && !(reader.existing && !columnObject(reader.existing, table, name)) ? null : `DROP COLUMN ${ident(name)}`,
  };
}

/** SET NOT NULL reads every row unless a valid check says already that none is null (from 12 on). */
function setNotNull(table: TableName, name: string, { existing }: Reader): Part {
  const column = existing ? columnObject(existing, table, name) : undefined;
  const proven = existing !== null && provesNotNull(existing.children.get(objectId('table', table.schema, table.name)) ?? [], name);
  const stops = { code: 'STOPS_ON_ROWS' as const, sentence: `Stops at a row of ${table.name} that has no value in ${name}.` };
  return { span: proven ? 'moment' : 'reads', hazards: proven ? [] : [stops], inverse: column?.attributes.nullable === true ? `ALTER COLUMN ${ident(name)} DROP NOT NULL` : null };
}

function provesNotNull(family: readonly { kind: string; attributes: Readonly<Record<string, unknown>> }[], column: string): boolean {
  return family.some(({ kind, attributes }) => kind === 'constraint' && attributes.type === 'check' && attributes.validated === true && attributes.definition === `CHECK ((${ident(column)} IS NOT NULL))`);
}

function alterType(cmd: Node, table: TableName, name: string, { existing }: Reader): Part {
  const definition = wrapped(cmd.def, 'ColumnDef') ?? {};
  const to = typeText(nodeAt(definition, 'typeName'));
  const before = existing ? columnObject(existing, table, name)?.attributes.type : undefined;
  const plain = onlyCasts(definition.raw_default, name);
  const keeps = typeof before === 'string' && plain && keepsRows(before, to);
  return {
    span: keeps ? 'moment' : 'writes',
    hazards: [
      ...(keeps ? [] : [{ code: 'STOPS_ON_ROWS' as const, sentence: `Stops at a value of ${table.name}.${name} that ${to} does not take; one that it rounds or spells otherwise is changed in silence.` }]),
      ...silently(table, name, before, to, definition.raw_default),
      { code: 'STALE_PLANS', sentence: `Sessions with prepared statements on ${table.name} fail until they reconnect.` },
    ],
  };
}

/** What becomes another value without an error: by the types, and where USING casts to a text that is shorter, which cuts. */
function silently(table: TableName, name: string, before: unknown, to: string, using: unknown): Hazard[] {
  if (typeof before !== 'string') return [];
  const change = onlyCasts(using, name) ? silentChange(before, to) : null;
  const cut = castsIn(using).find((type) => holdsFewer(before, type));
  const what = change ?? (cut === undefined ? null : `and the cast to ${cut} cuts what is longer, without an error`);
  return what === null ? [] : [{ code: 'CHANGES_VALUES', sentence: `${table.name}.${name} goes from ${before} to ${to}, ${what}.` }];
}

/** Whether a change of type throws values away without an error: USING does not name the column, or the types, a cast on the way or a function like left() keep only a part. Which moment a value is, is no part of it. `before`: the type as it was read; null: not read. */
export function losesValues(cmd: Node, before: string | null): boolean {
  const definition = wrapped(cmd.def, 'ColumnDef') ?? {};
  const name = textAt(cmd, 'name') ?? '';
  const using = definition.raw_default;
  if (using !== undefined && !findNodes({ using }, ['ColumnRef']).some(({ node }) => words(listAt(node, 'fields')).at(-1) === name)) return true;
  if (isCut(using)) return true;
  const types = [...castsIn(using), ...(onlyCasts(using, name) ? [typeText(nodeAt(definition, 'typeName'))] : [])];
  return before !== null && types.some((type) => keepsAPart(before, type) || (using !== undefined && holdsFewer(before, type)));
}

/** Types of the casts around the column, the outermost first. */
function castsIn(using: unknown): string[] {
  const cast = isNode(using) ? wrapped(using, 'TypeCast') : null;
  return cast ? [typeText(nodeAt(cast, 'typeName')), ...castsIn(cast.arg)] : [];
}

const BOUNDED = /^(?:character varying|character|bit varying|bit)\((\d+)\)$/;

function holdsFewer(from: string, to: string): boolean {
  const [before, after] = [BOUNDED.exec(from)?.[1], BOUNDED.exec(to)?.[1]];
  return after !== undefined && (before === undefined || Number(before) > Number(after));
}

/** No USING, or one that only casts the column itself. */
function onlyCasts(using: unknown, column: string): boolean {
  if (!isNode(using)) return true;
  const cast = wrapped(using, 'TypeCast');
  if (cast) return onlyCasts(cast.arg, column);
  const reference = wrapped(using, 'ColumnRef');
  return reference !== null && words(listAt(reference, 'fields')).at(-1) === column;
}
