import { tableKey } from '../../expectation.ts';
import type { Quantity } from '../../evidence.ts';
import { spoken } from '../../planner/names.ts';
import { firstOf, quantityText } from '../../words.ts';
import type { LintRule, LintScene } from '../finding.ts';
import type { FormId } from '../forms.ts';
import { namesOf, type NamedTable } from '../names.ts';
import type { Happening } from '../names-walk.ts';
import { swapsOf } from '../swaps.ts';
import { about, isWritten } from './plan-finding.ts';

type Dropped = Extract<Happening, { what: 'dropped' }>;

function drops(scene: LintScene): Dropped[] {
  return namesOf(scene).happenings.filter((one): one is Dropped => one.what === 'dropped' && isWritten(scene, one.statement));
}

/** Foreign keys of other tables, views and functions that go with a table under CASCADE. */
function dependants(scene: LintScene, table: NamedTable, at: number): string[] {
  const names = namesOf(scene);
  const objects = scene.facts.current?.objects ?? [];
  const ids = new Set([table.id, ...objects.filter((object) => object.parent === table.id).map((object) => object.id)]);
  const keys = objects.filter((object) => object.kind === 'constraint' && object.attributes.references === table.id && object.parent !== null && object.parent !== table.id && names.byId(at, object.parent) !== null && names.constraintsOf(at, object.parent).some((one) => one.name === object.name));
  const resting = objects.filter((object) => !ids.has(object.id) && object.parent === null && (scene.facts.current?.dependencies?.[object.id] ?? []).some((id) => ids.has(id)));
  return [...keys.map((object) => `foreign key ${object.name} of ${object.parent?.split('.').slice(1).join('.') ?? ''}`), ...resting.map((object) => `${object.kind.replaceAll('_', ' ')} ${object.name}`)];
}

/** A form writes a statement of the plan anew, and not a line of a block. */
function offered({ statement }: Dropped, safer: FormId | undefined): { safer?: FormId } {
  return safer && statement.kind !== 'DoStmt' ? { safer } : {};
}

const cascade: LintRule = {
  code: 'DROP_CASCADE',
  about: 'CASCADE takes along whatever rests on the table, and names it only afterwards.',
  look: (scene) => drops(scene).flatMap((one) => {
    if (!one.cascade) return [];
    const taken = dependants(scene, one.table, one.at);
    const known = scene.facts.current !== null || one.table.before === null;
    return [about(scene, 'DROP_CASCADE', one.statement, { object: tableKey(one.table.table), severity: taken.length > 0 || !known ? 'blocking' : 'to_know', table: one.table.table, ...offered(one, 'drop_restrict'), sentence: taken.length > 0 ? `CASCADE takes along with ${spoken(one.table.table)}${firstOf(taken, taken.length, 6)}.` : known ? `Nothing rests on ${spoken(one.table.table)} today; RESTRICT keeps it so until the step runs.` : `What CASCADE takes along with ${spoken(one.table.table)} is not known: ${scene.plan.target} was not read.` })];
  }),
};

/** As the phase measured it, which is what is typed when it is signed; else as the server estimates it. */
function rowsOf({ facts }: LintScene, { table, statement }: Dropped): Quantity {
  const names = new Set([table.table, ...(table.before ? [table.before] : [])].map(tableKey));
  const measured = facts.evidence[statement.phaseId]?.measurements.find((one) => one.kind === 'rows' && names.has(tableKey(one.table)));
  if (measured?.kind === 'rows' && measured.rows.provenance === 'exact') return measured.rows;
  const rows = facts.current?.estimates[table.id]?.rows;
  return typeof rows === 'number' ? { provenance: 'estimate', value: rows, basis: 'statistics of the server' } : { provenance: 'unknown', why: 'not counted yet' };
}

function goes(name: string, rows: Quantity): string {
  if (rows.provenance === 'exact' && rows.value === 0) return `${name} is gone when the step has run, and nothing brings it back. It holds no row today.`;
  return `${name} and its rows (${rows.provenance === 'unknown' ? 'how many is not known' : quantityText(rows)}) are gone when the step has run; nothing brings them back.`;
}

const drop: LintRule = {
  code: 'DROPS_TABLE_FOR_GOOD',
  about: 'DROP TABLE has no way back: rows, grants and what was written in the last second are gone.',
  look: (scene) => drops(scene).flatMap((one) => {
    const { table } = one;
    // What the plan made and put in a table's place bears the rows of that table.
    const bears = scene.facts.current?.objects.some((object) => object.kind === 'table' && object.schema === table.table.schema && object.name === table.table.name) === true;
    if (table.before === null && !bears) return [];
    const swap = swapsOf(scene).find((candidate) => candidate.liveId === table.id && candidate.into.at < one.at);
    const desired = scene.facts.desired;
    const stays = desired?.objects.some((object) => object.kind === 'table' && object.schema === table.table.schema && object.name === table.table.name) === true;
    const quantity = rowsOf(scene, one);
    const safer: FormId | undefined = swap ? 'engine_conversion' : scene.facts.current && desired && !stays && table.before !== null ? 'set_aside_instead_of_drop' : undefined;
    return [about(scene, 'DROPS_TABLE_FOR_GOOD', one.statement, { object: tableKey(table.table), severity: 'blocking', table: table.table, rows: quantity, ...offered(one, safer), sentence: `${goes(spoken(table.table), quantity)}${stays && !swap ? ` ${scene.plan.desired} still has it.` : ''}` })];
  }),
};

export const DROP_RULES: readonly LintRule[] = [cascade, drop];
