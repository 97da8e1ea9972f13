import 'server-only';
import { alignedRows, compareGroups, compareTotals, definitionText } from '#lib/pipeline/align.ts';
import type { Delta } from '#lib/pipeline/diff.ts';
import { differences, isNoise, withNoise, withoutNoise } from '#lib/pipeline/noise.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { standingDecisions, type Decision } from '#lib/store/decisions.ts';
import type { StoredSnapshot } from '#lib/store/snapshots.ts';
import { configuration } from './control.ts';
import type { CompareDetailDto, CompareDto, CompareGroupDto, CompareRefusedDto, DatabaseSideDto, DecisionDto, SourcesDto } from './dto.ts';
import { load } from './gate.ts';
import { nearMisses } from '#lib/pipeline/near-miss.ts';
import { unreadOf, unreadSentences } from '#lib/pipeline/unread.ts';
import { readingOf } from './readings.ts';
import { isDatabase, sourcesDto } from './sources.ts';

export interface CompareQuestion {
  /** Declared names; left out: the first production database, and the first of the others. */
  current?: string | undefined;
  desired?: string | undefined;
  /** ObjectId of the group to open. */
  object?: string | undefined;
  /** With owners, grants, comments and the other noise opened. */
  noise?: boolean | undefined;
}

/** Two sides of a comparison from their newest readings (readings.ts). The "no" of a database or of a text is the answer. */
export const loadCompare = load(async ({ db, person }, question: CompareQuestion): Promise<CompareDto | CompareRefusedDto> => {
  const { current, desired } = sidesOf(question);
  const env = configuration();
  const databases = env.databases.map((database) => database.name);
  const sources = await sourcesDto(db, databases, env.sources);
  try {
    const [before, after] = [await readingOf(db, person, current), current === desired ? null : await readingOf(db, person, desired)];
    const decisions = await standingDecisions(db, current, desired);
    return compareDto(sources, before, after ?? before, decisions, question);
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'not_found') return { refused: error.refusal, databases, sources, current, desired };
    throw error;
  }
});

function sidesOf(question: CompareQuestion): { current: string; desired: string } {
  const { databases } = configuration();
  const current = question.current ?? (databases.find((database) => database.environment === 'production') ?? databases[0])?.name ?? '';
  const desired = question.desired ?? databases.find((database) => database.name !== current)?.name ?? current;
  return { current, desired };
}

function compareDto(sources: SourcesDto, before: StoredSnapshot, after: StoredSnapshot, decisions: readonly Decision[], question: CompareQuestion): CompareDto {
  const all = differences(before.snapshot, after.snapshot);
  const noise = question.noise ?? false;
  const deltas = noise ? all : all.filter((delta) => !isNoise(delta));
  const [current, desired] = [before, after].map(({ snapshot }) => (noise ? withNoise(snapshot) : withoutNoise(snapshot))) as [Snapshot, Snapshot];
  const byDelta = new Map(decisions.map((decision) => [decision.deltaId, decisionDto(decision)]));
  const groups = compareGroups<DecisionDto>(current, desired, deltas, (deltaId) => byDelta.get(deltaId) ?? null);
  return {
    databases: sources.databases,
    sources,
    unread: unreadSentences(unreadOf(before.snapshot, after.snapshot)),
    nearMisses: nearMisses(before, after),
    mayPlan: isDatabase(before.database),
    current: sideDto(before),
    desired: sideDto(after),
    groups,
    noise: all.filter(isNoise).length,
    ...compareTotals(current, desired, deltas, (deltaId) => byDelta.has(deltaId)),
    detail: detailDto(current, desired, deltas, groups.find((group) => group.id === question.object)),
  };
}

function detailDto(before: Snapshot, after: Snapshot, deltas: readonly Delta[], group: CompareGroupDto | undefined): CompareDetailDto | null {
  if (!group) return null;
  return { group, rows: alignedRows(before, after, deltas, group.id), currentText: definitionText(before.objects, group.id), desiredText: definitionText(after.objects, group.id) };
}

function sideDto(stored: StoredSnapshot): DatabaseSideDto {
  const { snapshot } = stored;
  return { name: stored.database, takenAt: stored.takenAt.toISOString(), fingerprint: stored.fingerprint, serverVersion: snapshot.target.serverVersion, notCompared: snapshot.notCompared, notes: snapshot.origin?.notes ?? [] };
}

function decisionDto(decision: Decision): DecisionDto {
  return { id: decision.id, deltaId: decision.deltaId, verdict: decision.verdict, reason: decision.reason, by: decision.by, at: decision.at.toISOString() };
}
