import 'server-only';
import { alignedRows, definitionText, type CompareGroup } from '#lib/pipeline/align.ts';
import { listObjects, type ListFilter, type ListKnowledge, type ListLine } from '#lib/pipeline/compare-list.ts';
import type { Delta } from '#lib/pipeline/diff.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { type Decision, onDifferences, onRenames, type RenameDecision } from '#lib/store/decisions.ts';
import type { Reading } from '#lib/store/snapshots.ts';
import type { CompareDetailDto, CompareLineDto, CompareListDto, CompareOpenDto, DatabaseSideDto, DecisionDto } from './dto/compare.ts';
import type { Comparison, ComparisonView } from './comparison.ts';
import { openRenames, renamesOf } from './renames-dto.ts';

/** A comparison as it stands at this moment: with the answers that people gave. */
export interface Stand {
  before: Reading;
  after: Reading;
  comparison: Comparison;
  view: ComparisonView;
  noise: boolean;
  /** By id of the difference. */
  decisions: ReadonlyMap<string, DecisionDto>;
  /** Answers to renames, by their id. */
  renameAnswers: ReadonlyMap<string, RenameDecision>;
  stamp: string;
}

/** Lines of the list that go to the browser at once: several screens, so that scrolling never runs ahead of them. */
const LINES = 120;

export function standOf(before: Reading, after: Reading, comparison: Comparison, noise: boolean, decisions: readonly Decision[]): Stand {
  return {
    before,
    after,
    comparison,
    view: comparison.view(noise),
    noise,
    decisions: new Map(onDifferences(decisions).map((decision) => [decision.deltaId, decisionDto(decision)])),
    renameAnswers: new Map(onRenames(decisions).map((decision) => [decision.deltaId, decision])),
    stamp: `${before.id}.${after.id}.${decisions.length}.${decisions.at(-1)?.id ?? ''}`,
  };
}

/** @param firstLook the script of a large pair takes its time: the page comes without it, unless it is there or asked for, and the browser asks again. */
export function listDto(stand: Stand, filter: ListFilter, openId: string | null, from: number, firstLook = false): CompareListDto {
  const { isDecided } = knownOf(stand, false);
  const { lines, ...sums } = listObjects(stand.view.groups, filter, knownOf(stand, !firstLook || filter.hazard !== null || stand.view.isScripted), openId);
  const renaming = new Map(openRenames(stand).flatMap((rename) => rename.groups.map((group) => [group, rename.moves ? 'move' : 'rename'] as const)));
  const at = openId === null ? -1 : lines.findIndex((line) => line.line === 'object' && line.group.id === openId);
  return { ...sums, stamp: stand.stamp, from, size: LINES, total: lines.length, at: at === -1 ? null : at, lines: lines.slice(from, from + LINES).map((line) => lineDto(line, isDecided, renaming)) };
}

function knownOf(stand: Stand, withHazards: boolean): ListKnowledge {
  return { isDecided: (deltaId) => stand.decisions.has(deltaId), hazards: withHazards ? stand.view.hazards : null };
}

function lineDto(line: ListLine, isDecided: (deltaId: string) => boolean, renaming: ReadonlyMap<string, 'move' | 'rename'>): CompareLineDto {
  if (line.line === 'schema') return line;
  const { id, kind, schema, name, change, deltas, currentEstimate, desiredEstimate } = line.group;
  return { line: 'object', id, kind, schema, name, change, differing: line.shown.length, open: line.open, hazards: line.hazards, rename: renaming.get(id) ?? null, decided: deltas.length > 0 && deltas.every((delta) => isDecided(delta.id)), estimate: currentEstimate ?? desiredEstimate };
}

export function openDto(stand: Stand, filter: ListFilter): CompareOpenDto {
  const { lines } = listObjects(stand.view.groups, { ...filter, folded: [] }, knownOf(stand, filter.hazard !== null));
  return { stamp: stand.stamp, ids: lines.flatMap((line) => (line.line === 'object' ? line.open.map((id) => ({ id, schema: line.group.schema })) : [])) };
}

/** Every difference that the filter lets through, answered or not. */
export function deltasShown(stand: Stand, filter: ListFilter): Delta[] {
  const { lines } = listObjects(stand.view.groups, { ...filter, folded: [] }, knownOf(stand, filter.hazard !== null));
  const ids = new Set(lines.flatMap((line) => (line.line === 'object' ? line.shown.map((delta) => delta.id) : [])));
  return stand.view.deltas.filter((delta) => ids.has(delta.id));
}

export function detailDto(stand: Stand, objectId: string): CompareDetailDto | null {
  const { groups, deltasOf, familyOf, script } = stand.view;
  const group = groups.find((each) => each.id === objectId);
  if (!group) return null;
  const { current, desired } = familyOf(group.id);
  const family = new Set([...current, ...desired].map((object) => object.id));
  return {
    stamp: stand.stamp,
    noise: stand.noise,
    group: withDecisions(group, stand.decisions),
    rows: alignedRows({ objects: current }, { objects: desired }, deltasOf.get(group.id) ?? [], group.id),
    currentText: definitionText(current, group.id),
    desiredText: definitionText(desired, group.id),
    statements: script.steps.flatMap((step) => step.statements.filter((statement) => family.has(statement.objectId))),
    renames: renamesOf(stand, group.id),
    refusals: script.refusals.filter((refusal) => family.has(refusal.objectId)),
  };
}

function withDecisions(group: CompareGroup, decisions: ReadonlyMap<string, DecisionDto>): CompareDetailDto['group'] {
  return { ...group, deltas: group.deltas.map((delta) => ({ ...delta, decision: decisions.get(delta.id) ?? null })) };
}

export function sideDto(reading: Reading, snapshot: Snapshot): DatabaseSideDto {
  return { name: reading.database, takenAt: reading.takenAt.toISOString(), fingerprint: reading.fingerprint, serverVersion: snapshot.target.serverVersion, notCompared: snapshot.notCompared, notes: snapshot.origin?.notes ?? [] };
}

function decisionDto(decision: ReturnType<typeof onDifferences>[number]): DecisionDto {
  return { id: decision.id, deltaId: decision.deltaId, verdict: decision.verdict, reason: decision.reason, by: decision.by, at: decision.at.toISOString() };
}
