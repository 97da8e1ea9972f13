import { ident, literal, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import type { Assertion, Statement } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { identitiesOn } from './carried-sequences.ts';
import type { Conversion } from './convert-sql.ts';
import { execute, refuse, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';

const STATES: Readonly<Record<string, string>> = { origin: 'O', disabled: 'D', replica: 'R', always: 'A' };

/** Triggers that a person made, in the order of their names. */
function triggersOf(family: readonly SchemaObject[]): SchemaObject[] {
  return family.filter((object) => object.kind === 'trigger').sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What of the live table the plan names and carries: sequences and triggers, as the gate finds them. */
export function carriedNames(one: Conversion): string[] {
  return [...one.sequences.map(({ sequence }) => qualified(sequence)), ...identitiesOn(one), ...triggersOf(one.beforeFamily).map((trigger) => `${ident(trigger.name)} on ${qualified(one.live)}`)];
}

export function refuseTriggers(bench: Workbench, one: Conversion): void {
  const held = triggersOf([...one.beforeFamily, ...one.family]).filter((trigger) => /^CREATE CONSTRAINT TRIGGER\b/i.test(text(trigger, 'definition') ?? ''));
  for (const name of new Set(held.map((trigger) => trigger.name))) refuse(bench, `${name} on ${spoken(one.live)} is a constraint trigger; this version does not carry it over a conversion.`);
}

/** The table that steps aside is written by nobody but us, and nothing may fire for that: its triggers go, and come back with it. */
export function dropTriggers(one: Conversion, of: 'before' | 'after'): Statement[] {
  return triggersOf(of === 'before' ? one.beforeFamily : one.family).map((trigger) => execute(`drop ${trigger.name} of the table that steps aside`, `DROP TRIGGER ${ident(trigger.name)} ON ${qualified(one.live)}`));
}

/** On the table that has just become the live one, with the state and the comment that they have. */
export function createTriggers(bench: Workbench, one: Conversion, of: 'before' | 'after'): Statement[] {
  return triggersOf(of === 'before' ? one.beforeFamily : one.family).flatMap((trigger) => {
    const comments = (bench.input.current.satellites ?? []).filter((object) => object.kind === 'comment' && object.attributes.target === trigger.id);
    return [trigger, ...comments].flatMap((object) => kindOf(object.kind).create(object, []).map(({ sql }) => execute(`${object.kind === 'comment' ? 'comment on' : 'create'} ${trigger.name} on ${one.live.name}`, sql)));
  });
}

/**
 * Under the lock: what moves with the table and was not there when the plan was made would be lost to the live one. On the way back (`after`) the same is true of what
 * somebody changed since the swap: it is named, and a person takes it away or makes the plan anew. Sequences that the plan knows were taken out before.
 */
export function hangingAssertion(one: Conversion, of: 'before' | 'after'): Assertion {
  return {
    label: `triggers and sequences of ${spoken(one.live)}`,
    sql: [
      `SELECT concat_ws('; ', (${triggersSql(one)}),`,
      `  (SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ' ORDER BY format('%I.%I', n.nspname, c.relname) COLLATE "C") FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace`,
      `   WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass(${literal(qualified(one.live))}) AND d.refobjsubid > 0))`,
    ].join('\n'),
    expect: { from: 'literal', value: [spokenStates(of === 'before' ? one.beforeFamily : one.family), identitiesOn(one, of).sort().join(', ')].filter((part) => part !== '').join('; ') },
  };
}

/** They stand on the new table, with their states. */
export function triggersVerification(one: Conversion): Assertion[] {
  const expected = spokenStates(one.family);
  return expected === '' ? [] : [{ label: `triggers of ${spoken(one.live)}`, sql: triggersSql(one), expect: { from: 'literal', value: expected } }];
}

/** Without those that note keys for a plan. */
function triggersSql(one: Conversion): string {
  return `SELECT string_agg(t.tgname || ' ' || t.tgenabled::text, ', ' ORDER BY t.tgname) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace WHERE t.tgrelid = to_regclass(${literal(qualified(one.live))}) AND NOT t.tgisinternal AND pn.nspname !~ '^countersign(_|$)'`;
}

function spokenStates(family: readonly SchemaObject[]): string {
  return triggersOf(family).map((trigger) => `${trigger.name} ${STATES[text(trigger, 'enabled') ?? 'origin'] ?? 'O'}`).join(', ');
}
