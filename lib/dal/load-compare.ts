import 'server-only';
import { introspect } from '#lib/pg/introspect.ts';
import { withReader } from '#lib/pg/session.ts';
import { alignedRows, compareGroups, compareTotals, definitionText } from '#lib/pipeline/align.ts';
import type { Delta } from '#lib/pipeline/diff.ts';
import { differences, isNoise, withNoise, withoutNoise } from '#lib/pipeline/noise.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { standingDecisions, type Decision } from '#lib/store/decisions.ts';
import type { Person } from '#lib/store/people.ts';
import { isOutrun, latestSnapshot, saveSnapshot, type StoredSnapshot } from '#lib/store/snapshots.ts';
import { configuration, databaseNamed } from './control.ts';
import type { CompareDetailDto, CompareDto, CompareGroupDto, CompareRefusedDto, DatabaseSideDto, DecisionDto } from './dto.ts';
import { load } from './gate.ts';
import { actorOf } from './perform.ts';

export interface CompareQuestion {
  /** Declared names; left out: the first production database, and the first of the others. */
  current?: string | undefined;
  desired?: string | undefined;
  /** ObjectId of the group to open. */
  object?: string | undefined;
  /** With owners, grants, comments and the other noise opened. */
  noise?: boolean | undefined;
}

/**
 * Two databases side by side, from their newest readings. A database that was never read, or that a run has changed since, is read
 * now: a plan made from what was there before the run would do everything a second time. Its "no" is the answer.
 */
export const loadCompare = load(async ({ db, person }, question: CompareQuestion): Promise<CompareDto | CompareRefusedDto> => {
  const { current, desired } = sidesOf(question);
  const databases = configuration().databases.map((database) => database.name);
  try {
    const [before, after] = [await readingOf(db, person, current), current === desired ? null : await readingOf(db, person, desired)];
    const decisions = await standingDecisions(db, current, desired);
    return compareDto(databases, before, after ?? before, decisions, question);
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'not_found') return { refused: error.refusal, databases, current, desired };
    throw error;
  }
});

function sidesOf(question: CompareQuestion): { current: string; desired: string } {
  const { databases } = configuration();
  const current = question.current ?? (databases.find((database) => database.environment === 'production') ?? databases[0])?.name ?? '';
  const desired = question.desired ?? databases.find((database) => database.name !== current)?.name ?? current;
  return { current, desired };
}

async function readingOf(db: ControlDb, person: Person, name: string): Promise<StoredSnapshot> {
  const config = databaseNamed(name);
  const known = await latestSnapshot(db, name);
  // A reading without satellites is of an older version, which did not know every kind.
  if (known?.snapshot.satellites && !(await isOutrun(db, known))) return known;
  const snapshot = await withReader(config, (client) => introspect(client));
  await db.transaction().execute(async (trx) => {
    await saveSnapshot(trx, name, snapshot, person.id);
    await writeAudit(trx, { ...actorOf(person), action: 'read databases', detail: { database: name, objects: snapshot.objects.length } });
  });
  const saved = await latestSnapshot(db, name);
  if (!saved) throw new Error(`the reading of ${name} was saved and is not there`);
  return saved;
}

function compareDto(databases: readonly string[], before: StoredSnapshot, after: StoredSnapshot, decisions: readonly Decision[], question: CompareQuestion): CompareDto {
  const all = differences(before.snapshot, after.snapshot);
  const noise = question.noise ?? false;
  const deltas = noise ? all : all.filter((delta) => !isNoise(delta));
  const [current, desired] = [before, after].map(({ snapshot }) => (noise ? withNoise(snapshot) : withoutNoise(snapshot))) as [Snapshot, Snapshot];
  const byDelta = new Map(decisions.map((decision) => [decision.deltaId, decisionDto(decision)]));
  const groups = compareGroups<DecisionDto>(current, desired, deltas, (deltaId) => byDelta.get(deltaId) ?? null);
  return {
    databases,
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
  return { name: stored.database, takenAt: stored.takenAt.toISOString(), fingerprint: stored.fingerprint, serverVersion: snapshot.target.serverVersion, notCompared: snapshot.notCompared };
}

function decisionDto(decision: Decision): DecisionDto {
  return { id: decision.id, deltaId: decision.deltaId, verdict: decision.verdict, reason: decision.reason, by: decision.by, at: decision.at.toISOString() };
}
