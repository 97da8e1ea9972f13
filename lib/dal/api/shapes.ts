import 'server-only';
import { z } from 'zod';
import type { ListHazard } from '#lib/pipeline/compare-list.ts';

// What goes in and out of /api/v1. The OpenAPI document is made from these and from nothing else (openapi.ts).

const SCRIPT_COSTS = ['loses', 'changes', 'rewrites', 'stops', 'refused'] as const satisfies readonly ListHazard[];
const moment = z.iso.datetime({ offset: true });
const sentence = z.string().describe('One sentence for a person.');

export const problem = z.strictObject({
  error: z.strictObject({
    code: z.string().describe('Stable, for programs: not_found, token_forbidden, cannot_plan …'),
    sentence,
    id: z.string().optional().describe('Of an unexpected error, to ask an administrator about.'),
  }),
});

export const database = z.strictObject({
  name: z.string(),
  environment: z.string().describe('As declared: production, development …'),
  readAt: moment.nullable().describe('When its catalog was last read; null: never.'),
  fingerprint: z.string().nullable().describe('Of the catalog at that reading.'),
});
export const databases = z.strictObject({ databases: z.array(database) });

const PHASE_STATES = ['pending', 'running', 'applied', 'deviated', 'partial', 'rolled_back'] as const;
export const finding = z.strictObject({ code: z.string(), severity: z.enum(['blocking', 'to_know']), sentence });
export const phase = z.strictObject({
  id: z.string(),
  number: z.int(),
  title: z.string(),
  kind: z.string(),
  state: z.enum(PHASE_STATES),
  destructive: z.boolean().describe('Takes rows or objects away; policy may ask more people to approve it.'),
  sentence,
  measuredAt: moment.nullable(),
  approvals: z.strictObject({ needed: z.int(), given: z.int().describe('Standing: not void, not expired, over what would run now.'), by: z.array(z.string()) }),
  changesRequested: z.int().describe('Requests for changes that nobody has settled.'),
  findings: z.array(finding),
  dueAt: moment.nullable(),
  rollbackUntil: moment.nullable(),
  steps: z.int(),
  url: z.url(),
});
const PLAN_STATES = ['open', 'approved', 'running', 'halted', 'applied', 'finished'] as const;
export const draftCheck = z.strictObject({
  state: z.enum(['equal', 'differs', 'failed']).describe('equal: nothing differs but what people decided on · differs · failed: a step cannot work on an empty clone, such as one in the wrong order'),
  sentence,
  comparedWith: z.string(),
  version: z.int().describe('Of the plan, when it was checked.'),
  at: moment,
  outdated: z.string().nullable().describe('Why it says nothing about the plan any more; null: it holds.'),
  remaining: z.int().describe('Differences that nobody decided on.'),
  decided: z.int(),
});
const planHead = {
  id: z.uuid(),
  name: z.string(),
  target: z.string(),
  desired: z.string(),
  version: z.int(),
  state: z.enum(PLAN_STATES).describe('open: approvals are missing · approved: every phase that is still to run has its approvals · running · halted: a phase deviates or ended in the middle, a person must act · applied: all but clean-up · finished: all of it'),
  sentence,
  createdBy: z.string(),
  createdAt: moment,
  phasesApplied: z.int(),
  phaseCount: z.int(),
  url: z.url().describe('The page for people.'),
  draftCheck: draftCheck.nullable().describe('What the plan would make of its target, found out on an empty clone of its schema; null: not checked. Information: nothing of it is signed.'),
};
export const planSummary = z.strictObject(planHead);
export const plan = z.strictObject({ ...planHead, digest: z.string(), phases: z.array(phase) });
export const plans = z.strictObject({ plans: z.array(planSummary), next: z.int().nullable().describe('`offset` of the next page; null: this was the last.') });
export const planMade = z.strictObject({ sentence, plan });

export const WAIT_FOR = ['approved', 'applied', 'finished'] as const;
export const waited = z.strictObject({
  outcome: z.enum(['reached', 'halted', 'waiting']).describe('reached: it is so · halted: it will not be without a person, see the sentence of the plan · waiting: the time was up, ask again'),
  plan,
});

export const difference = z.strictObject({
  id: z.string().describe('For `deltaIds` of a new plan.'),
  change: z.enum(['add', 'remove', 'change']),
  kind: z.string(),
  object: z.string().describe('`kind:schema.name`, as ids are written.'),
  under: z.string().describe('The object under which a person looks for it, such as its table.'),
  decision: z.strictObject({ verdict: z.string(), reason: z.string(), by: z.string(), at: moment }).nullable(),
  hazards: z.array(z.enum(SCRIPT_COSTS)).describe('What the statements for it cost: loses data, rewrites a table, stops on rows that do not fit, or refused: no statement is known.'),
  attributes: z.array(z.strictObject({ name: z.string(), current: z.string().nullable(), desired: z.string().nullable() })),
});
export const side = z.strictObject({ name: z.string(), readAt: moment, fingerprint: z.string(), serverVersion: z.string() });
export const compared = z.strictObject({
  current: side,
  desired: side,
  identical: z.boolean().describe('Nothing differs, decided or not; what could not be read is in `unread`.'),
  counts: z.strictObject({
    differences: z.int(),
    decided: z.int(),
    open: z.int(),
    folded: z.int().describe('Owners, grants, comments and other noise, left out here.'),
    byChange: z.strictObject({ add: z.int(), remove: z.int(), change: z.int() }),
    byHazard: z.strictObject({ loses: z.int(), changes: z.int(), rewrites: z.int(), stops: z.int(), refused: z.int() }),
  }),
  unread: z.array(sentence),
  deltas: z.array(difference),
  next: z.int().nullable().describe('`offset` of the next page; null: this was the last.'),
});

const sideName = z.string().trim().min(1).max(300);
const whole = (least: number, most: number, otherwise: number) => z.string().regex(/^\d{1,9}$/).transform(Number).pipe(z.int().min(least).max(most)).default(otherwise);
export const page = { limit: whole(1, 500, 100), offset: whole(0, 100_000_000, 0) };
export const compareQuestion = z.strictObject({
  current: sideName.describe('What would change: the name of a declared database.'),
  desired: sideName.describe('What is wanted: a declared database, or `migrations/NAME`, or an SQL text or earlier reading by its name.'),
  fresh: z.enum(['0', '1']).default('0').describe('1: read both databases anew first.'),
  decided: z.enum(['0', '1']).default('0').describe('1: with the differences that people have answered.'),
  ...page,
});
export const plansQuestion = z.strictObject({ target: sideName.optional(), name: sideName.optional().describe('Exactly this name.'), limit: whole(1, 100, 20), offset: page.offset });
export const waitQuestion = z.strictObject({ for: z.enum(WAIT_FOR).default('applied'), timeout: whole(0, 60, 30).describe('Seconds, at most 60.') });
export const planQuestion = z.strictObject({
  current: sideName.describe('The target: a declared database.'),
  desired: sideName,
  deltaIds: z.union([z.literal('all'), z.array(z.string().min(1).max(1_000)).min(1).max(100_000)]).describe('“all”: every difference that nobody has answered.'),
  name: z.string().trim().min(1).max(200),
  windowHours: z.number().min(0).max(24 * 90).default(72).describe('How long the operator may take it back by one press.'),
  fullBackup: z.enum(['none', 'dump', 'dump_and_restore']).default('none'),
  conversion: z.enum(['planner', 'inside']).default('planner').describe('How columns get another type. “inside”: tables stay where that can be, and new columns take the places of the old ones.'),
  fresh: z.boolean().default(true).describe('Read both databases anew first.'),
});
export const planPath = z.strictObject({ planId: z.uuid() });
export const nothing = z.strictObject({});
