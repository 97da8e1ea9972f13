import { tableKey } from '../../expectation.ts';
import type { Quantity } from '../../evidence.ts';
import { spoken } from '../../planner/names.ts';
import { firstOf, quantityText } from '../../words.ts';
import { alongWords, goesWith, takenAlong } from '../../sql-facts/cascade.ts';
import { existingOf } from '../../sql-facts/existing.ts';
import type { LintFinding, LintRule, LintScene } from '../finding.ts';
import type { FormId } from '../forms.ts';
import { namesOf, type NamedTable } from '../names.ts';
import type { Happening } from '../names-walk.ts';
import { actionsOf, type Said as SaidOfStatement, statementRule } from '../seen.ts';
import { swapsOf } from '../swaps.ts';
import { about, isWritten } from './plan-finding.ts';

type Dropped = Extract<Happening, { what: 'dropped' }>;

function drops(scene: LintScene): Dropped[] {
  return namesOf(scene).happenings.filter((one): one is Dropped => one.what === 'dropped' && isWritten(scene, one.statement));
}

/** Foreign keys of other tables, and whatever else goes with a table under CASCADE. */
function dependants(scene: LintScene, table: NamedTable, at: number): string[] {
  const names = namesOf(scene);
  const objects = scene.facts.current?.objects ?? [];
  const keys = objects.filter((object) => object.kind === 'constraint' && object.attributes.references === table.id && object.parent !== null && object.parent !== table.id && names.byId(at, object.parent) !== null && names.constraintsOf(at, object.parent).some((one) => one.name === object.name));
  const resting = scene.facts.current ? goesWith([table.id], existingOf(scene.facts.current)).filter((id) => !id.startsWith('constraint:') && (!id.startsWith('table:') || names.byId(at, id) !== null)) : [];
  return [...keys.map((object) => `foreign key ${object.name} of ${object.parent?.split('.').slice(1).join('.') ?? ''}`), ...resting.map(alongWords)];
}

/** A form writes a statement of the plan anew, and not a line of a block. */
function offered({ statement }: Dropped, safer: FormId | undefined): { safer?: FormId } {
  return safer && statement.kind !== 'DoStmt' ? { safer } : {};
}

const cascade: LintRule = {
  code: 'DROP_CASCADE',
  about: 'CASCADE takes along whatever rests on what is dropped, columns with their values among it, and names it only afterwards.',
  look: (scene) => [...tableCascades(scene), ...otherCascades.look(scene)],
};

function tableCascades(scene: LintScene): LintFinding[] {
  return drops(scene).flatMap((one) => {
    if (!one.cascade) return [];
    const taken = dependants(scene, one.table, one.at);
    const known = scene.facts.current !== null || one.table.before === null;
    return [about(scene, 'DROP_CASCADE', one.statement, { object: tableKey(one.table.table), severity: taken.length > 0 || !known ? 'blocking' : 'to_know', table: one.table.table, ...offered(one, 'drop_restrict'), sentence: taken.length > 0 ? `CASCADE takes along with ${spoken(one.table.table)}${firstOf(taken, taken.length, 6)}.` : known ? `Nothing rests on ${spoken(one.table.table)} today; RESTRICT keeps it so until the step runs.` : `What CASCADE takes along with ${spoken(one.table.table)} is not known: ${scene.plan.target} was not read.` })];
  });
}

/** Types, functions, views, extensions, columns and keys; tables are followed through their names above, and schemas have a rule of their own. */
const otherCascades = statementRule('DROP_CASCADE', '', (seen) => {
  const { statement: { kind, node }, existing, step } = seen;
  const table = seen.facts.tables[0] ?? null;
  const cmds = kind === 'AlterTableStmt' ? actionsOf(seen) : kind === 'DropStmt' && node.removeType !== 'OBJECT_TABLE' ? [node] : [];
  const taken = cmds.flatMap((cmd) => takenAlong(cmd, kind === 'AlterTableStmt' ? table : null, step.searchPath ?? ['public'], existing) ?? []);
  return taken.map(({ of, along }): SaidOfStatement => ({ severity: along?.length === 0 ? 'to_know' : 'blocking', object: of, safer: 'drop_restrict', sentence: cascadeSaid(of, along, seen.scene.plan.target) }));
});

function cascadeSaid(of: string, along: readonly string[] | null, target: string): string {
  if (!along) return `What CASCADE takes along with ${of} is not known: ${target} was not read, and columns with their values may be among it.`;
  return along.length > 0 ? `CASCADE takes along with ${of}${firstOf(along.map(alongWords), along.length, 6)}.` : `Nothing rests on ${of} today; RESTRICT keeps it so until the step runs.`;
}

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
