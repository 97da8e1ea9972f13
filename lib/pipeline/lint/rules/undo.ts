import { parseSync, scanSync } from 'libpg-query';
import type { Phase, Step } from '../../plan.ts';
import { shapeOf } from '../../runbook/shape.ts';
import { bodyOf } from '../../sql-facts/body.ts';
import { type Node, unwrap } from '../../sql-facts/tree.ts';
import { listed } from '../../words.ts';
import type { LintFinding, LintRule, LintScene, SceneStatement } from '../finding.ts';
import { keyOf } from '../names-history.ts';
import { isByPeople, namesOf } from '../names.ts';
import { addObjects, noObjects, type SaidObjects } from '../said-objects.ts';
import { findingId, seenIn } from '../seen.ts';

/** Whether what a text gives as the way back of a step takes that step back, and nothing else. */
export const UNDO_RULES: readonly LintRule[] = [
  { code: 'UNDO_UNREAD', about: 'A way back that does not parse fails when it is needed; one that runs what its text does not say (EXECUTE, a procedure) could not be held against its step.', look: (scene) => waysBack(scene).flatMap((way) => unread(way)) },
  { code: 'UNDO_OF_ANOTHER', about: 'A way back drops or changes what its step neither made nor named: a rollback would take away something else.', look: (scene) => waysBack(scene).flatMap((way) => ofAnother(scene, way)) },
  { code: 'UNDO_LEAVES_BEHIND', about: 'A way back leaves what its step makes: it stands after a rollback, and the step fails when it is run again.', look: (scene) => waysBack(scene).flatMap((way) => leavesBehind(scene, way)) },
];

interface BackStatement {
  kind: string;
  node: Node;
  sql: string;
}

interface WayBack {
  phase: Phase;
  step: Step;
  path: readonly string[];
  forward: SaidObjects;
  back: SaidObjects;
  /** The statements of the way back, those of blocks too. */
  statements: readonly BackStatement[];
  /** What the parser says of the first that it cannot read. */
  broken: string | null;
  words: { forward: ReadonlySet<string>; back: ReadonlySet<string> };
}

const KNOWN = new WeakMap<LintScene, readonly WayBack[]>();

/** The ways back that people wrote; one that follows from the statements themselves is right by construction. */
function waysBack(scene: LintScene): readonly WayBack[] {
  const known = KNOWN.get(scene) ?? read(scene);
  KNOWN.set(scene, known);
  return known;
}

function read(scene: LintScene): WayBack[] {
  const inverses = new Set(seenIn(scene).flatMap(({ facts }) => facts.inverse ?? []));
  const byStep = Map.groupBy(scene.statements, (statement) => `${statement.phaseId} ${statement.stepId}`);
  return scene.plan.phases.flatMap((phase) => phase.steps.flatMap((step) => {
    const own = !isByPeople(scene.plan, phase.id, step) || step.work !== undefined || step.undo.every(({ sql }) => inverses.has(sql));
    return own ? [] : [wayOf(phase, step, byStep.get(`${phase.id} ${step.id}`) ?? [])];
  }));
}

function wayOf(phase: Phase, step: Step, statements: readonly SceneStatement[]): WayBack {
  const path = step.searchPath ?? ['public'];
  const forward = noObjects();
  for (const one of statements) addObjects(forward, one.kind, one.node, one.sql, path);
  const back = noObjects();
  const read: BackStatement[] = [];
  let broken: string | null = null;
  for (const { sql } of step.undo) {
    try {
      for (const one of (parseSync(sql).stmts ?? []).flatMap(({ stmt }) => unwrap(stmt) ?? [])) {
        addObjects(back, one.kind, one.node, sql, path);
        read.push({ ...one, sql }, ...(one.kind === 'DoStmt' ? (bodyOf(one.node, sql)?.statements ?? []) : []));
      }
    } catch (error) {
      broken ??= error instanceof Error ? error.message : 'it cannot be read';
    }
  }
  return { phase, step, path, forward, back, statements: read, broken, words: { forward: wordsOf(statements.map(({ sql }) => sql)), back: wordsOf(broken === null ? step.undo.map(({ sql }) => sql) : []) } };
}

/** Every word of a text that could be a name, in blocks too. */
function wordsOf(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap((text) => scanSync(text).tokens.flatMap(({ text: token, tokenName }) => (tokenName === 'SCONST' ? token.match(/[\w$]+/g) ?? [] : [token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token.toLowerCase()]))));
}

function unread({ phase, step, back, broken }: WayBack): LintFinding[] {
  if (broken !== null) return [finding('UNDO_UNREAD', phase, step, '', 'blocking', `The way back of “${step.title}” does not parse (${broken}): a rollback would stop there.`)];
  return back.hidden ? [finding('UNDO_UNREAD', phase, step, '', 'to_know', `What the way back of “${step.title}” does cannot be read off its text, and was not held against the step: a rehearsal shows it.`)] : [];
}

/** They make, ask or describe; that something else went they cannot be to blame for. */
const TAKES_NOTHING = /^(?:Create.*|IndexStmt|ViewStmt|SelectStmt|CommentStmt|Grant.*|LockStmt|VariableSetStmt|VacuumStmt|DoStmt|CallStmt|ExecuteStmt|DropStmt|RefreshMatViewStmt|ReindexStmt|CompositeTypeStmt|ConstraintsSetStmt|AlterEventTrigStmt)$/;

function ofAnother(scene: LintScene, way: WayBack): LintFinding[] {
  const { phase, step, forward, back, statements, path, words } = way;
  // What a step does in the dark it may have to take back.
  if (forward.hidden) return [];
  const say = (object: string, sentence: string): LintFinding => finding('UNDO_OF_ANOTHER', phase, step, object, 'blocking', sentence);
  const strange = (object: string, what: string) => say(object, `The way back of “${step.title}” would ${what}, which the step does not name: a rollback takes away something else.`);
  const stays = standing(scene, step, forward);
  // What the plan keeps aside, its ways back make and take away themselves.
  const isKept = (key: string): boolean => key.startsWith(`${scene.plan.keepSchema}.`);
  return [
    ...back.drops.flatMap(({ key, words: what, table }) => {
      if (isKept(key)) return [];
      if (!forward.names.has(key)) return [strange(key, `drop ${what}`)];
      return table && stays.has(key) ? [say(key, `The way back of “${step.title}” would drop ${what}, which the step changes and does not make: a rollback takes it with all its rows.`)] : [];
    }),
    ...back.partsGone.filter(({ name }) => !words.forward.has(name) && !forward.makes.some(({ key }) => key.endsWith(`.${name}`))).map(({ name, words: what }) => strange(name, `drop ${what}`)),
    ...statements.filter(({ kind }) => !TAKES_NOTHING.test(kind)).flatMap(({ kind, node, sql }) => {
      const own = noObjects();
      addObjects(own, kind, node, sql, path);
      const told = [...own.names].filter((name) => name !== '' && !isKept(name));
      return told.length > 0 && !told.some((name) => forward.names.has(name)) ? [strange(told.join(' '), shapeOf(kind, node, sql, path).label)] : [];
    }),
  ];
}

/** Tables that the step names, and that are neither its own work nor that of the plan: they were there. */
function standing(scene: LintScene, step: Step, forward: SaidObjects): Set<string> {
  const names = namesOf(scene);
  const first = scene.statements.find((one) => one.stepId === step.id);
  const made = new Set(forward.makes.filter(({ perhaps }) => !perhaps).map(({ key }) => key));
  const planned = new Set(names.happenings.flatMap((one) => (one.what === 'made' && !one.over ? [keyOf(one.table.table)] : [])));
  return new Set([...forward.names].filter((key) => {
    if (made.has(key) || planned.has(key) || forward.renamedTo.has(key)) return false;
    const [schema = '', name = ''] = key.split('.');
    const there = first ? names.table(names.before(first), { schema, name }) : null;
    return there !== null && there.before !== null;
  }));
}

function leavesBehind(scene: LintScene, { phase, step, forward, back, broken, words }: WayBack): LintFinding[] {
  if (back.hidden || broken !== null) return [];
  const gone = new Set(back.drops.map(({ key }) => key));
  const taken = new Set(forward.drops.map(({ key }) => key));
  const left = forward.makes.filter(({ key, within, perhaps }) => !perhaps && !taken.has(key) && !words.back.has(key.split('.').at(-1) ?? '') && !words.back.has(key.split(' ').at(-1) ?? '') && !within.some((one) => gone.has(one)));
  if (left.length === 0) return [];
  const [many, what] = [left.length > 1, listed(left.map(({ words: each }) => each))];
  return [finding('UNDO_LEAVES_BEHIND', phase, step, left.map(({ key }) => key).join(','), 'to_know', `The way back of “${step.title}” says nothing of ${what}, which the step makes: ${many ? 'they stand' : 'it stands'} after a rollback, and the step fails when it is run again.`)];
}

function finding(code: string, phase: Phase, step: Step, object: string, severity: LintFinding['severity'], sentence: string): LintFinding {
  return { id: findingId(code, step.id, object), code, severity, move: severity === 'blocking' ? 'yours' : 'clears', phaseId: phase.id, stepId: step.id, statement: null, at: step.source ? { line: step.source.from, column: 1 } : null, sentence };
}
