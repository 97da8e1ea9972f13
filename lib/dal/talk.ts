import 'server-only';
import { versionDiff } from '#lib/pipeline/editor/version-diff.ts';
import { commentParts, handleOf, type Mentionable } from '#lib/pipeline/mention.ts';
import { findPhase, type Plan } from '#lib/pipeline/plan.ts';
import { type Look, lookBefore, type NewsPlace, newsSince } from '#lib/pipeline/since.ts';
import type { StoredChangeRequest } from '#lib/store/change-requests.ts';
import type { ControlDb } from '#lib/store/db.ts';
import type { Person } from '#lib/store/people.ts';
import { findVersion } from '#lib/store/plans.ts';
import { seenOf } from '#lib/store/seen.ts';
import { listComments, type StoredComment, type StoredThreadState, threadStates } from '#lib/store/threads.ts';
import { phaseHref } from './load-run.ts';
import type { PlanFacts } from './plan-facts.ts';
import type { CommentDto, SinceDto, TalkDto, ThreadDto } from './dto/talk.ts';

/** What people say about a plan, and what is new in it for the viewer. */
export async function talkDto(db: ControlDb, facts: PlanFacts, person: Person, people: readonly Mentionable[]): Promise<TalkDto> {
  const { plan } = facts.stored;
  const comments = await listComments(db, plan.id);
  const states = await threadStates(db, plan.id);
  const { seen, now } = await seenOf(db, plan.id, person.id);
  const look = lookBefore(seen, now);
  const threads = threadsOf({ plan, comments, states, people, person, requests: facts.changeRequests });
  return {
    threads,
    people: people.map((one) => ({ handle: handleOf(one, people), name: one.name })),
    since: look && (await sinceDto(db, facts, person, look, comments, threads)),
    seen: { at: now.toISOString(), stamp: stampOf(facts, comments) },
  };
}

/** Who can be meant: everybody with access. */
export function mentionable(people: readonly Person[]): Mentionable[] {
  return people.filter((one) => !one.disabledAt).map(({ id, name, email }) => ({ id, name, email }));
}

/** Who wrote it settles it, and so does everybody who writes or signs plans. */
export function maySettle(person: Pick<Person, 'id' | 'roles'>, thread: { personId: string }): boolean {
  return thread.personId === person.id || person.roles.includes('author') || person.roles.includes('approver');
}

interface Said {
  plan: Plan;
  comments: readonly StoredComment[];
  states: ReadonlyMap<string, StoredThreadState>;
  requests: readonly StoredChangeRequest[];
  people: readonly Mentionable[];
  person: Person;
}

/** Requests for changes and comments as one list, by when they began. */
function threadsOf(said: Said): ThreadDto[] {
  const { comments, requests } = said;
  const begun = [
    ...requests.map((request) => ({ at: request.at, thread: requestThread(said, request) })),
    ...comments.filter((one) => one.replyTo === null && one.changeRequestId === null).map((one) => ({ at: one.at, thread: commentThread(said, one) })),
  ];
  return begun.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map(({ thread }) => thread);
}

function requestThread({ plan, comments, people, person }: Said, request: StoredChangeRequest): ThreadDto {
  const stands = findPhase(plan, request.phaseId) !== undefined;
  const first: CommentDto = { id: request.id, by: request.person, at: request.at.toISOString(), version: request.version, parts: commentParts(request.comment, people) };
  return {
    id: request.id, kind: 'request', phaseId: stands ? request.phaseId : null, stepId: null, about: stands ? '' : 'about a phase that was taken out since',
    comments: [first, ...comments.filter((one) => one.changeRequestId === request.id).map((one) => commentDto(one, people))],
    settled: request.resolvedAt && { by: null, at: request.resolvedAt.toISOString() },
    // As the command wants it: an author answers, or the person who asked takes it back.
    maySettle: person.roles.includes('author') || (request.personId === person.id && person.roles.includes('approver')),
  };
}

function commentThread({ plan, comments, states, people, person }: Said, first: StoredComment): ThreadDto {
  const state = states.get(first.id);
  return {
    id: first.id, kind: 'comment', ...placeOf(plan, first, state?.lost ?? null),
    comments: [first, ...comments.filter((one) => one.replyTo === first.id)].map((one) => commentDto(one, people)),
    settled: state?.settled ? { by: state.settled.by, at: state.settled.at.toISOString() } : null,
    maySettle: maySettle(person, first),
  };
}

/** A step is followed wherever it goes; one that was taken out leaves its thread under the phase, and a phase under the plan. */
function placeOf(plan: Plan, { phaseId, stepId }: StoredComment, lost: StoredThreadState['lost']): Pick<ThreadDto, 'phaseId' | 'stepId' | 'about'> {
  if (phaseId === null) return { phaseId: null, stepId: null, about: '' };
  const left = plan.phases.some((phase) => phase.id === phaseId) ? phaseId : null;
  if (lost) return { phaseId: stepId === null ? null : left, stepId: null, about: `about a ${stepId === null ? 'phase' : 'step'} that version ${lost.version} removed${lost.title === '' ? '' : `: ${lost.title}`}` };
  if (stepId === null) return { phaseId: left, stepId: null, about: '' };
  const phase = plan.phases.find((one) => one.steps.some((step) => step.id === stepId));
  const index = phase?.steps.findIndex((step) => step.id === stepId) ?? -1;
  const step = phase?.steps[index];
  return phase && step ? { phaseId: phase.id, stepId, about: `step ${index + 1} · ${step.title}` } : { phaseId: left, stepId: null, about: 'about a step that was taken out since' };
}

function commentDto(comment: StoredComment, people: readonly Mentionable[]): CommentDto {
  return { id: comment.id, by: comment.person, at: comment.at.toISOString(), version: comment.version, parts: commentParts(comment.body, people) };
}

async function sinceDto(db: ControlDb, facts: PlanFacts, person: Person, look: Look, comments: readonly StoredComment[], threads: readonly ThreadDto[]): Promise<SinceDto | null> {
  const { plan, version } = facts.stored;
  const before = look.version < version ? await findVersion(db, plan.id, look.version) : null;
  const threadOf = new Map(threads.flatMap((thread) => thread.comments.map(({ id }) => [id, thread] as const)));
  const news = newsSince({
    look, me: person.id, version, comments: comments.map((one) => ({ id: one.id, byId: one.personId, at: one.at, phaseId: threadOf.get(one.id)?.phaseId ?? null })),
    numbers: new Map(plan.phases.map((phase, index) => [phase.id, index + 1])),
    versions: facts.versions,
    changes: before ? versionDiff(before, plan) : [],
    requests: facts.changeRequests.map((one) => ({ id: one.id, byId: one.personId, by: one.person, at: one.at, phaseId: one.phaseId })),
    approvals: facts.approvals,
    runs: facts.runs.map((run) => ({ id: run.id, byId: run.requestedById, kind: run.kind, state: run.state, phaseId: run.phaseId, endedAt: run.endedAt })),
  });
  return news.length === 0 ? null : { at: look.at.toISOString(), news: news.map(({ text, place }) => ({ text, href: hrefOf(plan.id, place, threadOf) })) };
}

function hrefOf(planId: string, place: NewsPlace, threadOf: ReadonlyMap<string, ThreadDto>): string {
  switch (place.to) {
    case 'version': return `/plans/${planId}/versions/${place.version}${place.since === place.version - 1 ? '' : `?since=${place.since}`}`;
    case 'comment': return commentHref(planId, threadOf.get(place.id)?.phaseId ?? null, place.id, threadOf.get(place.id)?.settled !== null);
    case 'phase': return phaseHref(planId, place.phaseId);
    case 'run': return `/runs/${place.id}`;
  }
}

/** Settled threads are folded: the address opens them. */
export function commentHref(planId: string, phaseId: string | null, commentId: string, settled: boolean): string {
  const asked = new URLSearchParams({ ...(phaseId === null ? {} : { phase: phaseId }), ...(settled ? { open: 'settled' } : {}) }).toString();
  return `/plans/${planId}${asked === '' ? '' : `?${asked}`}#said-${commentId}`;
}

/** Another text whenever there is something on the page that a look would count as seen. */
function stampOf(facts: PlanFacts, comments: readonly StoredComment[]): string {
  return [facts.stored.version, comments.length, facts.changeRequests.length, facts.approvals.length, facts.approvals.filter((one) => one.voidedAt).length, facts.runs.filter((run) => run.endedAt).length].join(' ');
}
