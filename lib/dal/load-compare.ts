import 'server-only';
import { nearMisses } from '#lib/pipeline/near-miss.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { unreadOf, unreadSentences } from '#lib/pipeline/unread.ts';
import { type ListFilter, OPEN_DIFFERENCES } from '#lib/pipeline/compare-list.ts';
import type { ControlDb } from '#lib/store/db.ts';
import type { Person } from '#lib/store/people.ts';
import type { Reading } from '#lib/store/snapshots.ts';
import type { CompareDetailDto, CompareDto, CompareRefusedDto, SourcesDto } from './dto/compare.ts';
import { detailDto, listDto, openDto, sideDto, standOf, type Stand } from './compare-parts.ts';
import { comparisonDecided } from './comparison.ts';
import { renamesDto } from './renames-dto.ts';
import { configuration } from './control.ts';
import { load, type RouteContext } from './gate.ts';
import { keepNow } from './keeping.ts';
import { readingOf } from './readings.ts';
import { isDatabase, sourcesDto } from './sources.ts';

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
  const env = configuration();
  const databases = env.databases.map((database) => database.name);
  const sources = await sourcesDto(db, databases, env.sources);
  try {
    return compareDto(sources, await standNow(db, person, question), question);
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'not_found') return { refused: error.refusal, databases, sources, current, desired };
    throw error;
  } finally {
    void keepNow(db);
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

/** The comparison that a question is about, with the answers of this moment. */
export async function standNow(db: ControlDb, person: Person, question: CompareQuestion): Promise<Stand> {
  const { current, desired } = sidesOf(question);
  const [before, after] = await readingsOf(db, person, current, desired);
  const { comparison, decisions } = await comparisonDecided(db, before, after, { current, desired });
  return standOf(before, after, comparison, question.noise ?? false, decisions);
}

/** Two databases that must be read are read at once. Others go one after the other: what a text stands on may be the other side, and is not read twice. */
async function readingsOf(db: ControlDb, person: Person, current: string, desired: string): Promise<[Reading, Reading]> {
  if (current !== desired && isDatabase(current) && isDatabase(desired)) return Promise.all([readingOf(db, person, current), readingOf(db, person, desired)]);
  const before = await readingOf(db, person, current);
  return [before, current === desired ? before : await readingOf(db, person, desired)];
}

function sidesOf(question: Pick<CompareQuestion, 'current' | 'desired'>): { current: string; desired: string } {
  const { databases } = configuration();
  const current = question.current ?? (databases.find((database) => database.environment === 'production') ?? databases[0])?.name ?? '';
  const desired = question.desired ?? databases.find((database) => database.name !== current)?.name ?? current;
  return { current, desired };
}

function compareDto(sources: SourcesDto, stand: Stand, question: CompareQuestion): CompareDto {
  const { comparison } = stand;
  return {
    databases: sources.databases,
    sources,
    unread: unreadSentences(unreadOf(comparison.current, comparison.desired)),
    nearMisses: nearMisses({ database: stand.before.database, snapshot: comparison.current }, { database: stand.after.database, snapshot: comparison.desired }),
    mayPlan: isDatabase(stand.before.database),
    current: sideDto(stand.before, comparison.current),
    desired: sideDto(stand.after, comparison.desired),
    stamp: stand.stamp,
    totals: { ...stand.view.totals, whole: { objects: stand.view.groups.length, identical: stand.view.groups.filter((group) => group.deltas.length === 0).length }, decided: stand.view.deltas.filter((delta) => stand.decisions.has(delta.id)).length, noise: comparison.noise },
    renames: renamesDto(stand),
    list: listDto(stand, filterOf(question), question.object ?? null, 0, true),
    detail: question.object ? detailDto(stand, question.object) : null,
  };
}
