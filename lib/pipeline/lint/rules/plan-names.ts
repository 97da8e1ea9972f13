import { tableKey } from '../../expectation.ts';
import { spoken } from '../../planner/names.ts';
import type { Step } from '../../plan.ts';
import { listed } from '../../words.ts';
import type { LintFinding, LintRule, LintScene, SceneStatement } from '../finding.ts';
import { saferForm } from '../forms.ts';
import { namesOf, type NamedTable } from '../names.ts';
import { type Happening, nameOfId } from '../names-walk.ts';
import { differencesOf } from '../safer/engine.ts';
import { namedTables } from '../safer/engine-create.ts';
import { comparableType } from '../said-columns.ts';
import { stepNames } from '../step-names.ts';
import { tablesMade } from './open-steps.ts';
import { about, isWritten } from './plan-finding.ts';

function happenings(scene: LintScene): readonly Happening[] {
  return namesOf(scene).happenings.filter((one) => isWritten(scene, one.statement));
}

function where(scene: LintScene, over: { madeBy: SceneStatement | null }, here: SceneStatement): string {
  return over.madeBy ? `the plan made it in ${stepNames(scene.plan, [over.madeBy], here.phaseId)}` : `${scene.plan.target} has it`;
}

const taken: LintRule = {
  code: 'NAME_TAKEN',
  about: 'A table, index or constraint of that name is there already, so that the statement fails.',
  look: (scene) => happenings(scene).flatMap((one) => {
    if (one.what === 'made' && one.over && !one.ifNotExists) return [about(scene, 'NAME_TAKEN', one.statement, { object: tableKey(one.table.table), severity: 'blocking', table: one.table.table, ...(convertible(scene, one.over) ? { safer: 'engine_conversion' as const } : {}), sentence: `${spoken(one.table.table)} exists already (${where(scene, one.over, one.statement)}): CREATE TABLE fails.` })];
    if (one.what === 'renamed' && one.over) return [about(scene, 'NAME_TAKEN', one.statement, { object: tableKey(one.to), severity: 'blocking', table: one.from, sentence: `${spoken(one.from)} cannot be called ${one.to.name}: another has that name (${where(scene, one.over, one.statement)}).` })];
    if (one.what === 'indexed' && one.over && !one.ifNotExists) return [about(scene, 'NAME_TAKEN', one.statement, { object: tableKey(one.index.name), severity: 'blocking', sentence: `The name ${one.index.name.name} is taken in ${one.index.name.schema}: an index, a table or a key has it.` })];
    if (one.what === 'constrained' && one.over && one.said.named) return [about(scene, 'NAME_TAKEN', one.statement, { object: one.over.name, severity: 'blocking', table: one.table.table, sentence: `${spoken(one.table.table)} has a constraint ${one.over.name} already (${where(scene, one.over, one.statement)}).` })];
    return [];
  }),
};

/** Ids of tables whose parts differ, by scene. */
const DIFFERING = new WeakMap<LintScene, ReadonlySet<string>>();

/** Whether a table that is there differs in its parts from the desired one of that name. */
function convertible(scene: LintScene, there: NamedTable): boolean {
  const { current, desired } = scene.facts;
  if (current === null || desired === null || there.before === null) return false;
  const known = DIFFERING.get(scene) ?? new Set(differencesOf(current, desired).flatMap((delta) => (delta.kind === 'table' ? [] : [delta.group])));
  DIFFERING.set(scene, known);
  return known.has(there.id);
}

const hidden: LintRule = {
  code: 'HIDDEN_BY_IF_NOT_EXISTS',
  about: 'IF NOT EXISTS goes on in silence when something else has the name.',
  look: (scene) => happenings(scene).flatMap((one) => {
    if (one.what === 'made' && one.over && one.ifNotExists) {
      const unlike = differingColumns(one.over, one.table);
      if (unlike.length === 0) return [];
      return [about(scene, 'HIDDEN_BY_IF_NOT_EXISTS', one.statement, { object: tableKey(one.table.table), severity: 'blocking', table: one.table.table, safer: 'qualified_if_exists', sentence: `${spoken(one.table.table)} is there and unlike what is written (${unlike.slice(0, 4).join(', ')}): IF NOT EXISTS passes over it in silence.` })];
    }
    if (one.what !== 'indexed' || !one.over || !one.ifNotExists) return [];
    const there = namesOf(scene).index(one.at, one.index.name);
    if (there && there.of === one.index.of && String(there.columns) === String(one.index.columns) && there.unique === one.index.unique) return [];
    return [about(scene, 'HIDDEN_BY_IF_NOT_EXISTS', one.statement, { object: tableKey(one.index.name), severity: 'blocking', safer: 'qualified_if_exists', sentence: `Something else has the name ${one.index.name.name}, perhaps an index over other columns: IF NOT EXISTS passes over it in silence.` })];
  }),
};

/** Names of columns that one has and the other has not, or with another type. */
function differingColumns(there: NamedTable, said: NamedTable): string[] {
  if (!there.columns || !said.columns) return ['columns are not known'];
  const types = new Map(there.columns.map((column) => [column.name, comparableType(column.type)]));
  const now = new Set(said.columns.map((column) => column.name));
  return [...said.columns.filter((column) => types.get(column.name) !== comparableType(column.type)).map((column) => column.name), ...there.columns.filter((column) => !now.has(column.name)).map((column) => column.name)];
}

const missing: LintRule = {
  code: 'NOT_THERE',
  about: 'A statement names what is not there at that moment: never was, or the plan dropped or renamed it before.',
  look: (scene) => happenings(scene).flatMap((one) => {
    if (one.what !== 'missed') return [];
    const gone = one.kind === 'table' ? namesOf(scene).gone(one.at, one.name) : null;
    const name = one.kind === 'column' || one.kind === 'constraint' ? `${one.kind} ${one.name.name} of ${one.of ? spoken(one.of.table) : 'the table'}` : spoken(one.name);
    const sentence = gone
      ? `${name} is not there any more: ${stepNames(scene.plan, [gone.by], one.statement.phaseId)} ${gone.why === 'dropped' ? 'drops it' : `calls it ${gone.to ? spoken(gone.to) : 'otherwise'}`} before.`
      : `${name} is not in ${scene.plan.target}, and nothing before makes it.`;
    const wanted = one.kind === 'table' && scene.facts.desired?.objects.some((object) => object.kind === 'table' && object.schema === one.name.schema && object.name === one.name.name);
    return [about(scene, 'NOT_THERE', one.statement, { object: `${one.kind} ${tableKey(one.name)}`, severity: 'blocking', ...(one.kind === 'table' ? { table: one.name } : {}), sentence: wanted ? `${sentence} ${scene.plan.desired} has it: create it first.` : sentence })];
  }),
};

const duplicateIndex: LintRule = {
  code: 'DUPLICATE_INDEX',
  about: 'Two indexes over the same columns cost every write twice and serve nobody.',
  look: (scene) => happenings(scene).flatMap((one) => {
    if (one.what !== 'indexed' || one.over || one.index.columns === null || one.index.columns.length === 0) return [];
    const names = namesOf(scene);
    const columns = one.index.columns.join(',');
    const twin = names.indexesOf(one.at, one.index.of).find((other) => tableKey(other.name) !== tableKey(one.index.name) && other.columns?.join(',') === columns && (other.unique || !one.index.unique));
    if (!twin) return [];
    const both = [twin, one.index].every((index) => scene.facts.desired?.objects.some((object) => (object.kind === 'index' || object.kind === 'constraint') && object.name === index.name.name));
    return [about(scene, 'DUPLICATE_INDEX', one.statement, { object: one.index.name.name, severity: 'to_know', sentence: `${one.index.name.name} is over the same columns as ${twin.constraint ? `the key ${twin.constraint}` : twin.name.name}: every write pays for both${both ? `, and ${scene.plan.desired} has both` : ''}.` })];
  }),
};

/** A placeholder that names a table in a schema where the desired database has none of that name: another table of that name is no definition for it. */
function inOtherSchema(scene: LintScene, phaseId: string, step: Step): LintFinding[] {
  const { work } = step;
  if (work?.kind !== 'open') return [];
  const tables = (scene.facts.desired?.objects ?? []).filter((object) => object.kind === 'table');
  return tablesMade(work.text).flatMap(({ schema, name }): LintFinding[] => {
    const elsewhere = tables.filter((table) => table.name === name).map((table) => table.schema);
    if (schema === null || elsewhere.length === 0 || elsewhere.includes(schema)) return [];
    return [{ id: `DEFINITION_KNOWN ${step.id} ${schema}.${name}`, code: 'DEFINITION_KNOWN', severity: 'blocking', move: 'yours', phaseId, stepId: step.id, statement: null, at: work.at, sentence: `The text says ${schema}.${name}; ${scene.plan.desired} has ${name} in ${listed(elsewhere)} only. Say which one is meant: its definition is not taken for another name.` }];
  });
}

/** A placeholder that names a table which the desired database has. */
const definitionKnown: LintRule = {
  code: 'DEFINITION_KNOWN',
  about: 'A text leaves open what a table is, and the desired database says it.',
  look: (scene) => scene.plan.phases.flatMap((phase) => phase.steps.flatMap((step) => {
    const { work } = step;
    if (work?.kind !== 'open' || !scene.facts.current || !scene.facts.desired) return [];
    const migrates = work.why === 'other_tool' && /\b(migrate|migrations?|db:push|db push|db:migrate)\b/i.test(work.text);
    const found = namedTables(work.text, scene.facts.current, scene.facts.desired, scene);
    const named = found.filter(({ isNamed }) => isNamed).map(({ id }) => nameOfId(id).name);
    const tables = migrates || named.length > 0 ? found.map(({ id }) => nameOfId(id).name) : [];
    if (tables.length === 0) return inOtherSchema(scene, phase.id, step);
    const [many, what] = [tables.length > 1, tables.length > 3 ? `${tables.slice(0, 3).join(', ')} and ${tables.length - 3} more` : tables.join(', ')];
    return [{ id: `DEFINITION_KNOWN ${step.id} ${named.length > 0 ? named.join(',') : 'all'}`, code: 'DEFINITION_KNOWN', severity: 'blocking' as const, move: 'yours' as const, phaseId: phase.id, stepId: step.id, statement: null, at: work.at, safer: saferForm('engine_create'), sentence: `The text does not say what ${what} ${many ? 'are' : 'is'}; ${scene.plan.desired} has ${many ? 'them' : 'it'}, and ${scene.plan.target} does not.` }];
  })),
};

export const NAME_RULES: readonly LintRule[] = [taken, hidden, missing, duplicateIndex, definitionKnown];
