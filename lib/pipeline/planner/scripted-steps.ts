import { qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import { extensionsWanted, isOlder } from '../extensions.ts';
import { kindOf } from '../kinds/all.ts';
import { dropsFunctionsToo } from '../kinds/base-type.ts';
import type { Hazard } from '../hazards.ts';
import type { LockClaim, Statement, Step } from '../plan.ts';
import { appliedTo, inverted } from '../script/apply.ts';
import type { HazardousStatement } from '../script/hazards.ts';
import { makeScript, type Script } from '../script/script.ts';
import { spoken } from '../script/scope.ts';
import type { Scripted } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { anewSummary, provenRows, refuseRounding } from './anew.ts';
import { refuseHalfIndexes } from './moved-partitions.ts';
import { dropKeepingRows } from './create.ts';
import { bringHeldBack, creates, canMove, hold, mustMove, refuseToMove } from './held.ts';
import { execute, refuse, type Workbench } from './input.ts';
import { numbering } from './numbers.ts';
import { locksOf } from './scripted-locks.ts';
import { withoutPartition } from './no-partition.ts';

export type Draft = Omit<Step, 'id'>;
type State = Required<Scripted>;

/** Bodies may name what a later statement makes. For the step's transaction only. */
const BODIES_UNCHECKED: Statement = { do: 'execute', label: 'let bodies name what comes later', sql: `SELECT pg_catalog.set_config('check_function_bodies', 'off', true)` };

/** Functions of the user's that a default or check calls while the statement runs may name tables without their schema, as the server's own default lets them. */
const USUAL_PATH: Statement = { do: 'execute', label: 'let functions find what the application finds', sql: `SELECT pg_catalog.set_config('search_path', '"$user", public', true)` };

/**
 * One transaction that makes the deltas real on `from`, with the script of the opposite differences as its way back. Refuses by name what the
 * script does not do either way, and what would lose values that nothing here brings back. `aside`: ids of the tables that are set aside and made anew.
 */
export function scriptedSteps(bench: Workbench, from: State, deltas: readonly Delta[]): { drafts: Draft[]; to: State; aside: readonly string[] } {
  const to = appliedTo(from, bench.wanted, deltas);
  const { target } = bench.input.current;
  const forward = makeScript({ ...from, target }, to, deltas);
  const held = heldBy(bench, from, forward);
  // The old one comes back out of the keep schema, and what took its place goes.
  const back = makeScript({ ...to, target }, from, inverted(deltas), { owners: true, anew: new Set([...held.values()].map((object) => object.id)) });
  for (const { name, from: has, to: wants } of extensionsWanted(deltas)) if (has !== null && wants !== null && isOlder(wants, has)) refuse(bench, `The extension ${name} has version ${has} in ${bench.input.target} and ${wants} in ${bench.input.desired}: an extension does not go back to an older version. Leave it out of the plan.`);
  for (const refusal of forward.refusals) refuse(bench, `${refusal.sentence} Leave it out of the plan.`);
  for (const refusal of back.refusals) refuse(bench, `There is no script back from ${titleOf(deltas).toLowerCase()}: ${refusal.sentence} Leave it out of the plan.`);
  refuseRounding(bench, deltas);
  refuseHalfIndexes(bench, deltas);
  for (const statement of statementsOf(forward)) for (const hazard of hazardsIn(statement)) if (hazard.code === 'LOSES_DATA' && !held.has(statement)) refuse(bench, `${hazard.sentence} This version keeps no copy of it: leave it out of the plan.`);
  return { drafts: stepsOf(bench, from, to, deltas, forward, back, held), to, aside: forward.anew.flatMap((one) => one.aside) };
}

function stepsOf(bench: Workbench, from: State, to: State, deltas: readonly Delta[], forward: Script, back: Script, held: Moves): Draft[] {
  const moved = new Map([...held.values()].map((object) => [object.id, object]));
  const [last, ...early] = back.steps.toReversed();
  const numbers = numbering(bench, from, to, deltas, new Set(moved.keys()), new Set(forward.anew.flatMap(({ aside }) => aside)));
  const main: Draft = {
    title: titleOf(deltas),
    statements: withSettings([...numbers.before, ...statementsOf(forward).flatMap((statement) => { const object = held.get(statement); return object ? hold(bench, object) : provenRows(forward, toStatement(statement)); }), ...numbers.after]),
    undo: withSettings([...numbers.undoBefore, ...(last?.statements ?? []).filter(({ sql }) => !isUpdate(sql)).flatMap((statement) => broughtBack(bench, moved, statement) ?? [...keptRows(bench, to, statement), ...provenRows(back, toStatement(statement))]), ...numbers.undoAfter]),
    locks: locksOf(from, forward),
    undoLocks: locksOf(to, back),
    rewrite: statementsOf(forward).some(({ hazardCodes }) => hazardCodes.includes('REWRITES_TABLE')),
    hazards: [...anewSummary(bench, forward), ...hazardsOf(from, forward, back, held), ...updated(deltas), ...withoutPartition(bench, deltas)],
    editable: true,
  };
  // A value that an enum gets back is committed before anything uses it: taken back first, in a transaction of its own.
  const marks = early.map((step): Draft => ({
    title: `Make sure that ${titleOf(deltas).toLowerCase()} is done`,
    statements: deltas.filter((delta) => delta.kind === 'enum' && delta.desired !== null).map((delta) => labelsOf(delta)),
    undo: step.statements.map((statement) => toStatement(statement)),
    locks: [],
    rewrite: false,
    hazards: [],
    editable: false,
  }));
  return [main, ...marks];
}

/** Scripts of extensions lead upwards only. */
function isUpdate(sql: string): boolean {
  return /^ALTER EXTENSION \S+ UPDATE TO /.test(sql);
}

function updated(deltas: readonly Delta[]): Hazard[] {
  return extensionsWanted(deltas).filter(({ from }) => from !== null).map(({ name, from, to }) => ({ code: 'NOT_REVERSIBLE', sentence: `The extension ${name} goes from ${from ?? 'its version'} to ${to ?? 'another'}, and a rollback leaves it there: an extension does not go back to an older version.` }));
}

/** Statements that drop what moves into the keep schema instead, with what it is. */
type Moves = ReadonlyMap<HazardousStatement, SchemaObject>;

function heldBy(bench: Workbench, from: State, script: Script): Moves {
  const objects = new Map(from.objects.map((object) => [object.id, object]));
  return new Map(statementsOf(script).flatMap((statement) => {
    const object = objects.get(statement.objectId);
    if (!object || !mustMove(bench, object)) return [];
    if (dropsFunctionsToo(statement.sql)) {
      refuseToMove(bench, object);
      return [];
    }
    return kindOf(object.kind).drop(object).includes(statement.sql) && canMove(bench, object) ? [[statement, object] as const] : [];
  }));
}

/** What only moved is not made again: it comes back as it was. Null: it did not move. */
function broughtBack(bench: Workbench, moved: ReadonlyMap<string, SchemaObject>, { objectId, sql }: HazardousStatement): Statement[] | null {
  const object = moved.get(objectId);
  if (!object) return null;
  const anew = creates(object);
  if (!anew.has(sql)) return null;
  return [...anew][0] === sql ? [bringHeldBack(bench, object)] : [];
}

function statementsOf(script: Script): HazardousStatement[] {
  return script.steps.flatMap((step) => step.statements);
}

function hazardsIn({ hazards, hazardCodes }: HazardousStatement): Hazard[] {
  return hazards.flatMap((sentence, at) => (hazardCodes[at] === undefined ? [] : [{ code: hazardCodes[at], sentence }]));
}

function withSettings(statements: readonly Statement[]): Statement[] {
  const any = (pattern: RegExp) => statements.some((statement) => pattern.test(statement.sql));
  return [...(any(/\b(FUNCTION|PROCEDURE)\b/) ? [BODIES_UNCHECKED] : []), ...(any(/\b(ADD COLUMN|ADD CONSTRAINT|MATERIALIZED VIEW|INDEX|TYPE|INSERT INTO)\b/) ? [USUAL_PATH] : []), ...statements];
}

function toStatement({ objectId, sql }: HazardousStatement): Statement {
  return execute(`${sql.split(/[\s(]/, 1)[0]?.toLowerCase() ?? ''} ${objectId.replace(':', ' ').replaceAll('_', ' ')}`, sql);
}

/** Rows written since to a table that going back drops stay in the keep schema. */
function keptRows(bench: Workbench, state: State, { objectId, hazardCodes }: HazardousStatement): Statement[] {
  const table = state.objects.find((object) => object.id === objectId);
  if (table?.kind !== 'table' || !hazardCodes.includes('LOSES_DATA')) return [];
  return dropKeepingRows(bench, { schema: table.schema, name: table.name }).slice(0, -1);
}

function labelsOf(delta: Delta): Statement {
  const labels = delta.desired?.attributes.labels;
  const name = delta.desired ? qualified(delta.desired) : '';
  return { do: 'assert', label: `labels of ${name}`, sql: `SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = '${name.replaceAll("'", "''")}'::regtype`, expect: { from: 'literal', value: Array.isArray(labels) ? labels.join(', ') : '' } };
}

/** `Add view public.a and function public.b()`, or with numbers where there are many. */
export function titleOf(deltas: readonly Delta[]): string {
  const verbs = { add: 'Add', change: 'Change', remove: 'Remove' } as const;
  const parts = (['add', 'change', 'remove'] as const).flatMap((change) => {
    const names = [...new Set(deltas.filter((delta) => delta.change === change).map((delta) => spoken((delta.desired ?? delta.current) as SchemaObject).replace(' public.', ' ')))];
    return names.length === 0 ? [] : [`${verbs[change]} ${names.length <= 3 ? listed(names) : `${names[0]} and ${names.length - 1} more`}`];
  });
  return parts.map((part, at) => (at === 0 ? part : `${part.charAt(0).toLowerCase()}${part.slice(1)}`)).join(', ');
}

function hazardsOf(from: State, forward: Script, back: Script, held: Moves): Hazard[] {
  const claims = locksOf(from, forward);
  const closed = namesOf(claims.filter(({ mode }) => mode === 'ACCESS EXCLUSIVE'));
  const unwritten = namesOf(claims.filter(({ mode }) => mode === 'SHARE' || mode === 'SHARE ROW EXCLUSIVE'));
  return [
    ...(closed === '' ? [] : [{ code: 'BLOCKS_READS_AND_WRITES' as const, sentence: `Reads and writes of ${closed} wait until the step is done.` }]),
    ...(unwritten === '' ? [] : [{ code: 'BLOCKS_WRITES' as const, sentence: `Writes to ${unwritten} wait until the step is done; reads go on.` }]),
    ...statementsOf(forward).filter((statement) => !held.has(statement)).flatMap(hazardsIn),
    ...statementsOf(back).flatMap(hazardsIn).map(onTheWayBack),
  ];
}

/** Only what loses values or rows is called so: to write every row once more, or to stop at one, loses nothing. */
function onTheWayBack({ code, sentence }: Hazard): Hazard {
  return { code: code === 'LOSES_DATA' || code === 'CHANGES_VALUES' ? 'LOSES_ROWS_ON_ROLLBACK' : code, sentence: `On the way back: ${sentence}` };
}

function namesOf(claims: readonly LockClaim[]): string {
  const names = claims.slice(0, 4).map(({ table }) => (table.schema === 'public' ? table.name : `${table.schema}.${table.name}`));
  return names.length === 0 ? '' : `${listed(names)}${claims.length > 4 ? ` and ${claims.length - 4} more` : ''}`;
}
