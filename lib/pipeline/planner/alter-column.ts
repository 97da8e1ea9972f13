import { addColumn, ident, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { TableName } from '../plan.ts';
import type { Hazard } from '../hazards.ts';
import { type Draft, draft, part } from './draft.ts';
import { list, refuse, tableName, text, type Workbench } from './input.ts';
import { CATALOG_PARAMETER } from '../kinds/table-alter.ts';
import { defaultId } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { isSteady } from '../sql-facts/volatile.ts';
import { besideName, spoken } from './names.ts';
import { valueInRows } from './new-columns.ts';
import { goOnFromRows } from './numbers.ts';

/** From this version on NOT NULL is a constraint that can be added NOT VALID. */
const NOT_NULL_CONSTRAINTS = 180_000;

/** A column that is added, or whose default or nullability changes. Null: nothing that this builder can do. */
export function columnDrafts(bench: Workbench, delta: Delta, table: TableName): Draft[] | null {
  const { current, desired } = delta;
  if (desired && !current) {
    const add = draft(`Add ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, addColumn(desired, table), `ALTER TABLE ${qualified(table)} DROP COLUMN ${ident(desired.name)}`);
    const empty = desired.attributes.nullable !== true && valueInRows(bench, desired) === 'NULL';
    if (empty) return [{ ...add, hazards: [...add.hazards, { code: 'STOPS_ON_ROWS', sentence: `Stops where ${spoken(table)} has rows: ${desired.name} is NOT NULL and nothing fills it. Where there are some, let it be null first, fill it, and make it NOT NULL then.` }] }];
    if (differsByRow(desired) && isCatalog(bench.current.get(delta.group))) refuse(bench, `${spoken(table)} is read by logical decoding as a catalog (${CATALOG_PARAMETER}), and the server does not write its rows anew, which ${desired.name} needs: take that from it first, in a plan of its own.`);
    return [differsByRow(desired) ? { ...add, rewrite: true, hazards: [...add.hazards, { code: 'REWRITES_TABLE', sentence: `Every row of ${spoken(table)} is written anew, because each gets a value of its own.` }] } : add];
  }
  if (!current || !desired) return null;
  const names = delta.attributes.map((attribute) => attribute.name);
  if (names.some((name) => name !== 'default' && name !== 'nullable')) return null;
  const alter = `ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(desired.name)}`;
  const drafts: Draft[] = [];
  if (names.includes('default')) drafts.push(withNumbers(bench, delta, table, draft(`Default of ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, `${alter} ${clause(text(desired, 'default'))}`, `${alter} ${clause(text(current, 'default'))}`)));
  if (names.includes('nullable') && desired.attributes.nullable === true) drafts.push(draft(`Allow nulls in ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, `${alter} DROP NOT NULL`, `${alter} SET NOT NULL`));
  else if (names.includes('nullable')) drafts.push(...notNullDrafts(table, desired.name, bench.input.current.target.serverVersion));
  return drafts;
}

/** Postgres writes the table only where a value is computed for each row. What is not known to be the same for all of them is not. */
function differsByRow(column: SchemaObject): boolean {
  if (text(column, 'identity') !== null) return true;
  const generated = text(column, 'generated');
  if (generated !== null) return !generated.endsWith('VIRTUAL');
  const outside = (text(column, 'default') ?? '').replaceAll(/'(?:[^']|'')*'/g, "''");
  return [...outside.matchAll(/([\w$]+)\(/g)].some(([, name = '']) => !isSteady(name));
}

function isCatalog(table: SchemaObject | undefined): boolean {
  return table !== undefined && list(table, 'options').some((option) => CATALOG.test(option));
}
/** As the server reads a boolean. */
const CATALOG = new RegExp(`^${CATALOG_PARAMETER}=(?:t|tr|tru|true|on|y|ye|yes|1)$`, 'i');

/** A sequence that comes with this plan would begin at 1, whatever numbers are there. */
function withNumbers(bench: Workbench, delta: Delta, table: TableName, one: Draft): Draft {
  const id = (bench.input.desiredSnapshot.dependencies?.[defaultId(delta.objectId)] ?? []).find((each) => each.startsWith('sequence:') && !bench.current.has(each));
  const sequence = bench.desired.get(id ?? '');
  return sequence && delta.desired ? { ...one, statements: [...one.statements, goOnFromRows(delta.desired, table, tableName(sequence))] } : one;
}

function clause(value: string | null): string {
  return value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`;
}

/**
 * NOT NULL without reading the table under its lock. Up to 17: a check that is validated first, from which SET NOT NULL takes the proof.
 * From 18 on the constraint itself is added NOT VALID and validated.
 */
export function notNullDrafts(table: TableName, column: string, serverVersion: number): Draft[] {
  const alter = `ALTER TABLE ${qualified(table)}`;
  const where = `${spoken(table)}.${column}`;
  const locks = [{ mode: 'ACCESS EXCLUSIVE' as const, table }];
  const moment: Hazard[] = [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait for a moment; no row is read.` }];
  const validate = (name: string) => part(`Check that ${where} holds no null`, [{ mode: 'SHARE UPDATE EXCLUSIVE', table }], [`${alter} VALIDATE CONSTRAINT ${ident(name)}`], null);
  if (serverVersion >= NOT_NULL_CONSTRAINTS) {
    const name = besideName(`${table.name}_${column}`, 'not_null');
    return [part(`Let no new null into ${where}`, locks, [`${alter} ADD CONSTRAINT ${ident(name)} NOT NULL ${ident(column)} NOT VALID`], [`${alter} DROP CONSTRAINT ${ident(name)}`], moment), validate(name)];
  }
  const name = besideName(`${table.name}_${column}`, 'countersign_not_null');
  const add = `${alter} ADD CONSTRAINT ${ident(name)} CHECK (${ident(column)} IS NOT NULL) NOT VALID`;
  const drop = `${alter} DROP CONSTRAINT ${ident(name)}`;
  return [
    part(`Let no new null into ${where}`, locks, [add], [drop], moment),
    validate(name),
    part(`Make ${where} NOT NULL by the check that was validated`, locks, [`${alter} ALTER COLUMN ${ident(column)} SET NOT NULL`, drop], [`${alter} ALTER COLUMN ${ident(column)} DROP NOT NULL`, add], moment),
  ];
}
