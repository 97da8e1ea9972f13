import { addColumn, ident, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { TableName } from '../plan.ts';
import type { Hazard } from '../hazards.ts';
import { type Draft, draft, part } from './draft.ts';
import { refuse, text, type Workbench } from './input.ts';
import { besideName, spoken } from './names.ts';

/** From this version on NOT NULL is a constraint that can be added NOT VALID. */
const NOT_NULL_CONSTRAINTS = 180_000;

/** A column that is added, or whose default or nullability changes. Null: nothing that this builder can do. */
export function columnDrafts(bench: Workbench, delta: Delta, table: TableName): Draft[] | null {
  const { current, desired } = delta;
  if (desired && !current) {
    if (desired.attributes.nullable !== true && text(desired, 'default') === null && !text(desired, 'generated')) {
      refuse(bench, `${spoken(table)}.${desired.name} is to be added NOT NULL without a default, which fails on a table with rows: add it nullable first.`);
      return null;
    }
    return [draft(`Add ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, addColumn(desired, table), `ALTER TABLE ${qualified(table)} DROP COLUMN ${ident(desired.name)}`)];
  }
  if (!current || !desired) return null;
  const names = delta.attributes.map((attribute) => attribute.name);
  if (names.some((name) => name !== 'default' && name !== 'nullable')) return null;
  const alter = `ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(desired.name)}`;
  const drafts: Draft[] = [];
  if (names.includes('default')) drafts.push(draft(`Default of ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, `${alter} ${clause(text(desired, 'default'))}`, `${alter} ${clause(text(current, 'default'))}`));
  if (names.includes('nullable') && desired.attributes.nullable === true) drafts.push(draft(`Allow nulls in ${spoken(table)}.${desired.name}`, 'ACCESS EXCLUSIVE', table, `${alter} DROP NOT NULL`, `${alter} SET NOT NULL`));
  else if (names.includes('nullable')) drafts.push(...notNullDrafts(table, desired.name, bench.input.current.target.serverVersion));
  return drafts;
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
