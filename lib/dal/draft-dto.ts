import 'server-only';
import type { SourcesEnv } from '#lib/env.ts';
import { draftDifferenceText, draftOutdated, restToCheck } from '#lib/pipeline/draft-check.ts';
import type { Reader } from '#lib/store/db.ts';
import { comparedWith, latestDraftCheck, latestDraftVerdict, type StoredDraftCheck } from '#lib/store/draft-checks.ts';
import type { Person } from '#lib/store/people.ts';
import { latestReading } from '#lib/store/snapshots.ts';
import { listSourceTexts } from '#lib/store/source-texts.ts';
import type { DraftCheckDto } from './dto/draft-check.ts';
import type { PlanFacts } from './plan-facts.ts';
import { mayRehearse } from './plan-rules.ts';
import { isText } from './sources.ts';

const SHOWN_MOST = 60;
const CHOICES_MOST = 50;

/** Why no draft check can begin at the target as it is; null when one can. */
export function whyNotChecked({ stored, standings }: Pick<PlanFacts, 'stored' | 'standings'>): string | null {
  const found = restToCheck(stored.plan.phases, standings);
  return 'not' in found ? found.not : null;
}

/** Ids of the phases of which something stands or runs. */
function standingNow({ standings }: Pick<PlanFacts, 'standings'>): string[] {
  return [...standings].flatMap(([id, { state }]) => (state === 'pending' || state === 'rolled_back' ? [] : [id]));
}

/** What the newest draft check says of the plan as it is now, and what the viewer may do about it. */
export async function draftCheckDto(db: Reader, facts: PlanFacts, person: Person, env: { databases: readonly string[]; sources: SourcesEnv }): Promise<DraftCheckDto> {
  const { stored } = facts;
  const side = await comparedWith(db, stored.plan.id);
  const found = await latestDraftCheck(db, stored.plan.id);
  const underWay = found !== null && found.endedAt === null;
  const why = env.sources.scratchUrl === null ? null : whyNotChecked(facts);
  const possible = env.sources.scratchUrl !== null && why === null && !underWay;
  return {
    side,
    offered: possible && side !== null && mayRehearse(person),
    whyNot: underWay || side === null ? null : why,
    choices: possible && person.roles.includes('author') ? await choicesFor(db, stored.target, env) : [],
    last: found ? await lastDto(db, facts, side, found) : null,
  };
}

/** What the API says of it: the newest verdict, with whether it still holds; null: there is none. */
export async function draftAnswer(db: Reader, facts: PlanFacts): Promise<{ state: 'equal' | 'differs' | 'failed'; sentence: string; comparedWith: string; version: number; at: string; outdated: string | null; remaining: number; decided: number } | null> {
  const found = await latestDraftVerdict(db, facts.stored.plan.id);
  if (!found?.endedAt || (found.state !== 'equal' && found.state !== 'differs' && found.state !== 'failed')) return null;
  const { counts } = found.content;
  return {
    state: found.state, sentence: found.sentence ?? '', comparedWith: found.desired, version: found.version, at: found.endedAt.toISOString(), outdated: await outdatedNow(db, facts, await comparedWith(db, facts.stored.plan.id), found),
    remaining: counts.brought + counts.unsettled + counts.left, decided: counts.decided,
  };
}

async function choicesFor(db: Reader, target: string, { databases, sources }: { databases: readonly string[]; sources: SourcesEnv }): Promise<readonly string[]> {
  const texts = (await listSourceTexts(db, CHOICES_MOST)).map(({ name }) => name).filter(isText);
  return [...databases.filter((name) => name !== target), ...sources.migrations.map(({ name }) => `migrations/${name}`), ...texts];
}

async function lastDto(db: Reader, facts: PlanFacts, side: string | null, found: StoredDraftCheck): Promise<NonNullable<DraftCheckDto['last']>> {
  const { content, target, desired } = found;
  const compare = (object: string): string => `/compare?${new URLSearchParams({ current: target, desired, object }).toString()}`;
  return {
    state: found.state, sentence: found.sentence, stage: content.stage, by: found.requestedBy, at: (found.endedAt ?? found.requestedAt).toISOString(), version: found.version, desired,
    outdated: await outdatedNow(db, facts, side, found),
    readAt: content.target?.takenAt ?? null,
    counts: content.counts,
    differences: content.differences.slice(0, SHOWN_MOST).map((one) => ({ cause: one.cause, ...draftDifferenceText(one, desired), attributes: one.attributes, verdict: one.verdict ?? null, href: compare(one.group) })),
    brokenPhase: content.broken?.phase ?? null,
    passed: content.passed.map(({ title, why }) => ({ title, why })),
    unread: content.unread,
  };
}

async function outdatedNow(db: Reader, facts: PlanFacts, side: string | null, found: StoredDraftCheck): Promise<string | null> {
  const [target, desired] = [await latestReading(db, found.target), await latestReading(db, found.desired)];
  return draftOutdated(found, { version: facts.stored.version, desired: side, targetFingerprint: target?.fingerprint ?? null, desiredFingerprint: desired?.fingerprint ?? null, standing: standingNow(facts) });
}
