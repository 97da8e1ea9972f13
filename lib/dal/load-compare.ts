import 'server-only';
import { introspect } from '#lib/pg/introspect.ts';
import { withReader } from '#lib/pg/session.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { type ListFilter, OPEN_DIFFERENCES } from '#lib/pipeline/compare-list.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { standingDecisions } from '#lib/store/decisions.ts';
import type { Person } from '#lib/store/people.ts';
import { isOutrun, latestReading, type Reading, saveSnapshot } from '#lib/store/snapshots.ts';
import type { CompareDetailDto, CompareDto, CompareRefusedDto } from './compare-dto.ts';
import { detailDto, listDto, openDto, sideDto, standOf, type Stand } from './compare-parts.ts';
import { comparisonOf, rememberSnapshot, snapshotOf } from './comparison.ts';
import { configuration, databaseNamed } from './control.ts';
import { load, type RouteContext } from './gate.ts';
import { actorOf } from './perform.ts';

export interface CompareQuestion {
  /** Declared names; left out: the first production database, and the first of the others. */
  current?: string | null;
  desired?: string | null;
  /** ObjectId of the group to open. */
  object?: string | null;
  /** Left out: OPEN_DIFFERENCES. */
  filter?: ListFilter;
  /** With owners, grants, comments and the other noise opened. */
  noise?: boolean;
}

/**
 * Two databases side by side, from their newest readings. A database that was never read, or that a run has changed since, is read
 * now: a plan made from what was there before the run would do everything a second time. Its "no" is the answer.
 */
export const loadCompare = load(async ({ db, person }, question: CompareQuestion): Promise<CompareDto | CompareRefusedDto> => {
  const { current, desired } = sidesOf(question);
  const databases = configuration().databases.map((database) => database.name);
  try {
    return compareDto(databases, await standNow(db, person, question), question);
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'not_found') return { refused: error.refusal, databases, current, desired };
    throw error;
  }
});

/** A stretch of the list from line `from` on: CompareListDto. */
export async function answerList({ db, person }: RouteContext, question: CompareQuestion, from: number): Promise<Response> {
  return json(listDto(await standNow(db, person, question), filterOf(question), question.object ?? null, from));
}

/** One object. Refused with `not_found` when neither side has it. */
export async function compareObject({ db, person }: RouteContext, question: CompareQuestion): Promise<CompareDetailDto> {
  const detail = detailDto(await standNow(db, person, question), question.object ?? '');
  if (!detail) throw new Refused('not_found', 'Neither side has this object any more.');
  return detail;
}

/** Every difference that the filter lets through and nobody has answered: CompareOpenDto. */
export async function answerOpen({ db, person }: RouteContext, question: CompareQuestion): Promise<Response> {
  return json(openDto(await standNow(db, person, question), filterOf(question)));
}

function filterOf(question: CompareQuestion): ListFilter {
  return question.filter ?? OPEN_DIFFERENCES;
}

function json(body: unknown): Response {
  return Response.json(body, { headers: { 'Cache-Control': 'no-store' } });
}

async function standNow(db: ControlDb, person: Person, question: CompareQuestion): Promise<Stand> {
  const { current, desired } = sidesOf(question);
  const before = await readingOf(db, person, current);
  const after = current === desired ? before : await readingOf(db, person, desired);
  const [comparison, decisions] = await Promise.all([comparisonOf(db, before, after), standingDecisions(db, current, desired)]);
  return standOf(before, after, comparison, question.noise ?? false, decisions);
}

function sidesOf(question: Pick<CompareQuestion, 'current' | 'desired'>): { current: string; desired: string } {
  const { databases } = configuration();
  const current = question.current ?? (databases.find((database) => database.environment === 'production') ?? databases[0])?.name ?? '';
  const desired = question.desired ?? databases.find((database) => database.name !== current)?.name ?? current;
  return { current, desired };
}

async function readingOf(db: ControlDb, person: Person, name: string): Promise<Reading> {
  const config = databaseNamed(name);
  const known = await latestReading(db, name);
  // A reading without satellites is of an older version, which did not know every kind.
  if (known && !(await isOutrun(db, known)) && (await snapshotOf(db, known.id)).satellites) return known;
  const snapshot = await withReader(config, (client) => introspect(client));
  const id = await db.transaction().execute(async (trx) => {
    const saved = await saveSnapshot(trx, name, snapshot, person.id);
    await writeAudit(trx, { ...actorOf(person), action: 'read databases', detail: { database: name, objects: snapshot.objects.length } });
    return saved;
  });
  rememberSnapshot(id, snapshot);
  const saved = await latestReading(db, name);
  if (!saved) throw new Error(`the reading of ${name} was saved and is not there`);
  return saved;
}

function compareDto(databases: readonly string[], stand: Stand, question: CompareQuestion): CompareDto {
  const { comparison } = stand;
  return {
    databases,
    current: sideDto(stand.before, comparison.current),
    desired: sideDto(stand.after, comparison.desired),
    stamp: stand.stamp,
    totals: { ...stand.view.totals, decided: stand.view.deltas.filter((delta) => stand.decisions.has(delta.id)).length, noise: comparison.noise },
    list: listDto(stand, filterOf(question), question.object ?? null, 0, true),
    detail: question.object ? detailDto(stand, question.object) : null,
  };
}
