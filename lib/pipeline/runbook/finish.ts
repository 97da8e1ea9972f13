import type { Check } from '../evidence.ts';
import { qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { Phase, PriceQuestion, Step, TableName } from '../plan.ts';
import { rowAsText } from '../rows-as-text.ts';
import { objectId } from '../snapshot.ts';
import { previewsOf } from '../step-kinds/all.ts';
import { counted } from '../words.ts';
import { type Described, describeStep } from './describe-step.ts';
import { linesText } from './document.ts';
import type { DraftPhase, DraftStep } from './draft.ts';
import type { ReadingNote } from './reading.ts';
import { key, type Shape } from './shape.ts';
import type { WayBack } from './ways-back.ts';
import { isNew, newWorld, type World } from './world.ts';

/** A phase before it is one: with its wait and what it is due after. */
export interface Ordered {
  title: string;
  summary: string | null;
  steps: readonly DraftStep[];
  from: number;
  to: number;
  due: { after: DraftPhase | null; hours: number } | null;
  draft: DraftPhase | null;
}

/** Ids, locks, ways back, checks and fingerprints: drafts in their order become phases. */
export function finishPhases(ordered: readonly Ordered[], ways: ReadonlyMap<DraftStep, WayBack>): { phases: Phase[]; notes: ReadingNote[] } {
  const world = newWorld();
  const phases: Phase[] = [];
  const notes: ReadingNote[] = [];
  const ids = new Map<DraftPhase, string>();
  for (const [i, draft] of ordered.entries()) {
    const id = `written.${i + 1}`;
    if (draft.draft) ids.set(draft.draft, id);
    const after = draft.due ? ((draft.due.after && ids.get(draft.due.after)) ?? phases.at(-1)?.id) : undefined;
    const due = draft.due && after !== undefined ? { afterPhase: after, hours: draft.due.hours } : null;
    phases.push(finishPhase(id, draft, due, phases.map((phase) => phase.id), ways, world, notes));
  }
  return { phases, notes };
}

interface Finished {
  step: Step;
  described: Described | null;
}

function finishPhase(id: string, draft: Ordered, due: Phase['due'], requires: string[], ways: ReadonlyMap<DraftStep, WayBack>, world: World, notes: ReadingNote[]): Phase {
  world.began.clear();
  const finished = draft.steps.map((step, i) => finishStep(`${id}.${i + 1}`, step, ways.get(step), world, notes));
  const described = finished.flatMap((one) => one.described ?? []);
  const steps = finished.map(({ step }) => step);
  return {
    id,
    kind: 'written',
    title: unnumbered(draft.title),
    summary: summaryOf(draft, steps),
    steps,
    checks: [...rowsChecks(described), ...freeNames(described), ...previewsOf(steps)],
    verifications: standing(described),
    price: prices(finished, world),
    touches: [...new Set(described.flatMap(({ tables, shapes }) => [...tables, ...shapes.flatMap(({ creates, renames }) => [...creates, ...renames.flatMap(({ from, to }) => [from, to])])]).map((table) => objectId('table', table.schema, table.name)))],
    requires,
    orphanDecisions: {},
    destructive: described.some(({ loses }) => loses.length > 0),
    pointOfNoReturn: finished.some((one) => one.described !== null && one.described.loses.length > 0 && one.step.undo.length === 0),
    source: { from: draft.from, to: draft.to },
    due,
  };
}

/** Phases have numbers of their own on every screen; the text's may be others. */
function unnumbered(title: string): string {
  const rest = title.replace(/^(?:phase|step|stage|part)\s+\d+(?:\.\d+)*\s*[:.)–—-]\s*/i, '');
  return rest === '' ? title : rest;
}

function summaryOf(draft: Ordered, steps: readonly Step[]): string {
  const said = draft.summary?.replaceAll(/\s+/g, ' ').trim() ?? '';
  const what = `${counted(steps.length, 'step', 'steps')} from ${linesText(draft)} of the text.`;
  return said === '' || said.endsWith(':') ? what : `${said.length > 240 ? `${said.slice(0, 237).trimEnd()}…` : said}${/[.!?…]$/.test(said) ? '' : '.'}`;
}

const NOTHING = { statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: true } as const;

function finishStep(id: string, draft: DraftStep, way: WayBack | undefined, world: World, notes: ReadingNote[]): Finished {
  const source = { from: draft.from, to: draft.to };
  const base = { ...NOTHING, id, title: draft.title, source };
  for (const one of draft.notes) notes.push({ ...one, stepId: id });
  const { body } = draft;
  switch (body.is) {
    case 'dump': return { step: { ...base, work: { kind: 'dump' } }, described: null };
    case 'manual': return { step: { ...base, work: { kind: 'manual', instruction: body.instruction, ...(body.command === undefined ? {} : { command: body.command }) } }, described: null };
    case 'open': return { step: { ...base, work: body.work }, described: null };
    case 'sql': {
      const described = describeStep(draft, body, way, world);
      const at = (place: number) => ({ line: body.statements[place]?.line ?? draft.from, column: body.statements[place]?.column ?? 1, stepId: id });
      for (const { place, label, open } of described.asks) notes.push({ code: 'asks_for_value', sentence: open === null ? `The text does not say what must come out: ${label}.` : `The text says “${open.length > 110 ? `${open.slice(0, 107)}…` : open}”, which is no single value: say what must come out of ${label}.`, ...at(place) });
      for (const place of described.passing) notes.push({ code: 'understood', sentence: 'The answer is a figure of the moment: it is kept in the record, and compared with nothing.', ...at(place) });
      for (const { place, remark, expects } of described.unheard) notes.push({ code: 'left_out', sentence: `“${remark}” stands beside “${draft.title}”: ${expects ? 'nothing compares it with what is done' : 'nobody is asked for it'}.`, ...at(place) });
      for (const { compared, lines } of described.printed) notes.push({ code: compared ? 'understood' : 'left_out', sentence: `What psql printed in ${linesText(lines)} ${compared ? 'is what must come out again' : 'is compared with nothing'}.`, line: lines.from, column: 1, stepId: id });
      return { step: sqlStep(base, body, described), described };
    }
  }
}

function sqlStep(base: Step, body: Extract<DraftStep['body'], { is: 'sql' }>, described: Described): Step {
  const path = { searchPath: body.searchPath };
  const { outside } = described;
  if (outside && outside.act && body.statements.length === 1) return { ...base, ...path, work: { kind: 'outside', act: outside.act }, ...outsideUndo(outside.act), locks: described.locks, hazards: described.hazards };
  if (outside) {
    const first = body.statements[0];
    const sentence = `${outside.word} cannot run inside a transaction, and a step is one${body.statements.length > 1 ? ': take it out of the block' : ''}. Put the statement there that is meant, or remove the step.`;
    return { ...base, work: { kind: 'open', text: body.statements.map(({ sql }) => sql).join(';\n'), language: 'sql', why: 'other_tool', sentence, at: { line: first?.line ?? base.source?.from ?? 1, column: first?.column ?? 1 } } };
  }
  const gone = described.final && !described.hazards.some(({ code }) => code === 'NOT_REVERSIBLE');
  return {
    ...base, ...path,
    statements: described.statements,
    undo: described.undo,
    locks: described.locks,
    rewrite: described.rewrite,
    hazards: [...described.hazards, ...(gone ? [{ code: 'NOT_REVERSIBLE' as const, sentence: 'The text has no way back for this, and none follows from it.' }] : [])],
    ...(body.repeatable ? { isolation: 'repeatable read' as const } : {}),
  };
}

function outsideUndo(act: NonNullable<NonNullable<Described['outside']>['act']>): Partial<Step> {
  if (act.act === 'create_index') return { undoWork: { kind: 'outside', act: { act: 'drop_index', index: act.index } } };
  if (act.act === 'drop_index' && act.index.using !== '') return { undoWork: { kind: 'outside', act: { act: 'create_index', index: act.index } } };
  return {};
}

/** Of a phase that takes rows away only those that leave are counted: their sum is what an approver types. */
function rowsChecks(described: readonly Described[]): Check[] {
  const loses = described.flatMap((one) => one.loses);
  const tables = loses.length > 0 ? loses : described.flatMap((one) => one.changes);
  return [...new Map(tables.map((table) => [tableKey(table), table])).values()].map((table) => ({ id: `rows:${tableKey(table)}`, kind: 'rows', table }));
}

function freeNames(described: readonly Described[]): Check[] {
  const names = new Map<string, TableName>();
  const vacated = new Set<string>();
  for (const shape of described.flatMap(({ shapes }) => shapes)) {
    const indexes = shape.acts.flatMap((act) => /^create index ([^.]+)\.(.+)$/.exec(act)?.slice(1, 3) ?? []);
    const [schema, name] = indexes;
    for (const one of [...shape.creates, ...shape.renames.map(({ to }) => to), ...(schema !== undefined && name !== undefined ? [{ schema, name }] : [])]) if (!vacated.has(key(one))) names.set(key(one), one);
    for (const one of [...shape.drops, ...shape.renames.map(({ from }) => from)]) vacated.add(key(one));
  }
  return names.size === 0 ? [] : [{ id: 'free_names', kind: 'free_names', names: [...names.values()] }];
}

/** After the last step: what was made stands, what was dropped is gone. */
function standing(described: readonly Described[]): Phase['verifications'] {
  const there = new Map<string, { table: TableName; stands: boolean }>();
  for (const shape of described.flatMap(({ shapes }) => shapes)) {
    for (const table of shape.creates) there.set(key(table), { table, stands: true });
    for (const { from, to } of shape.renames) {
      there.set(key(from), { table: from, stands: false });
      there.set(key(to), { table: to, stands: true });
    }
    for (const table of shape.drops) there.set(key(table), { table, stands: false });
  }
  return [...there.values()].map(({ table, stands }) => ({ label: `${table.name} ${stands ? 'stands' : 'is gone'}`, sql: `SELECT (to_regclass('${qualified(table).replaceAll("'", "''")}') IS ${stands ? 'NOT ' : ''}NULL)::text`, expect: { from: 'literal', value: 'true' } }));
}

/**
 * Rows of new tables are lost with them: all that is in them counts, those that the plan wrote too, because nobody can tell them from others. After a swap of
 * names: rows that only one of the two has, compared as text.
 */
function prices(finished: readonly Finished[], world: World): PriceQuestion[] {
  const shapes = finished.flatMap(({ described }) => described?.shapes ?? []);
  return finished.flatMap(({ step, described }): PriceQuestion[] => {
    if (!described || step.undo.length === 0) return [];
    const renames = described.shapes.flatMap((shape) => shape.renames);
    const swaps = renames.flatMap(({ to: live }) => {
      const aside = renames.find(({ from }) => key(from) === key(live));
      return aside && key(aside.to) !== key(live) ? [{ table: live, step: step.id, sql: swapPrice(live, aside.to) }] : [];
    });
    const fresh = described.shapes.flatMap(({ creates }) => creates).map((table) => lastName(table, shapes)).filter((table) => isNew(world, table));
    return [...swaps, ...fresh.map((table) => ({ table, step: step.id, sql: `SELECT count(*) AS inserted, 0::bigint AS changed, 0::bigint AS deleted FROM ${qualified(table)}` }))];
  });
}

function lastName(made: TableName, shapes: readonly Shape[]): TableName {
  let name = made;
  for (const { from, to } of shapes.flatMap(({ renames }) => renames)) if (key(from) === key(name)) name = to;
  return name;
}

function swapPrice(live: TableName, old: TableName): string {
  return `SELECT ${onlyIn(live, old)} AS inserted, 0::bigint AS changed, ${onlyIn(old, live)} AS deleted`;
}

function onlyIn(one: TableName, other: TableName): string {
  return `(SELECT count(*) FROM (SELECT ${rowAsText('t')} FROM ${qualified(one)} t EXCEPT ALL SELECT ${rowAsText('t')} FROM ${qualified(other)} t) d)`;
}
