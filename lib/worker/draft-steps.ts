import { randomUUID } from 'node:crypto';
import type { StepOutcome } from '#lib/pg/execute-kind.ts';
import type { RunSession } from '#lib/pg/execute-session.ts';
import type { LedgerRun } from '#lib/pg/ledger.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { SQLSTATE } from '#lib/pg/sqlstate.ts';
import { behindComments } from '#lib/pg/statement-head.ts';
import { type DraftChecked, draftStep, type PassedStep, stepWithout } from '#lib/pipeline/draft-check.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import { runFacts } from '#lib/pipeline/run-facts.ts';
import { type CloneWork, inRunOnClone, stepOnClone, troubleOf } from './clone-steps.ts';

export interface DraftSteps {
  broken: DraftChecked['broken'];
  passed: readonly PassedStep[];
}

export interface DraftWork extends CloneWork {
  /** The schema in which phases that stand keep what a rollback needs: on the clone it is empty. Null: no phase stands. */
  kept: string | null;
}

/** The check was told to stop; nothing was found out. */
export class DraftStopped extends Error {}

/**
 * All phases of the plan forward on a clone of the target's schema without rows, by the step kinds that a run uses, until a step does not work. Nothing is
 * taken back and nothing verified: what came of it is read afterwards. Steps of people, open steps and dumps are passed over; so is what needs rows.
 * @param stage told what is under way.
 * @throws DraftStopped when it is to stop.
 */
export async function draftSteps(work: DraftWork, plan: Plan, stage: (text: string) => void): Promise<DraftSteps> {
  const passed: PassedStep[] = [];
  for (const [index, phase] of plan.phases.entries()) {
    stage(`phase ${index + 1}, “${phase.title}”, on an empty clone`);
    const broken = await draftPhase(work, plan, phase, passed);
    if (broken) return { broken, passed };
  }
  return { broken: null, passed };
}

async function draftPhase(work: DraftWork, plan: Plan, phase: Phase, passed: PassedStep[]): Promise<DraftChecked['broken']> {
  const run: LedgerRun = { runId: randomUUID(), planId: plan.id, phaseId: phase.id, kind: 'forward', digest: 'draft check', attempt: 1 };
  try {
    return await inRunOnClone(work, run, async (session) => {
      const facts = runFacts(phase, await measurePhase(session.client, phase));
      for (const step of phase.steps) {
        const { id, title } = step;
        const pass = (why: PassedStep['why']) => passed.push({ phase: phase.id, step: id, title, why });
        const chosen = draftStep(phase, step);
        if ('pass' in chosen) {
          pass(chosen.pass);
          continue;
        }
        // Owners and privileges of what the planner wrote are right by construction, and nobody can give them there: not tried, so that the log has no error of it.
        const ready = phase.kind === 'written' ? chosen.run : (stepWithout(chosen.run, isRights) ?? chosen.run);
        const outcome = await tried(work, session, run, ready, facts);
        if (work.stopping()) throw new DraftStopped();
        const trouble = troubleInWords(outcome.ended, phase.kind === 'written');
        if (isKept(work.kept, step, outcome.ended)) {
          pass('kept');
          continue;
        }
        if (outcome.without !== null) pass(outcome.without);
        else if (trouble !== null) return { phase: phase.id, step: id, title, sentence: trouble };
      }
      return null;
    });
  } catch (error) {
    throw work.stopping() ? new DraftStopped() : error;
  }
}

/** No row of anybody's is on the clone, so that whoever wrote the SQL can be told the server's own words, which name what is missing. Our own SQL is no text of theirs to mend. */
function troubleInWords(outcome: StepOutcome, written: boolean): string | null {
  const sentence = troubleOf(outcome);
  if (sentence === null) return null;
  const short = sentence.replace(/ The step was rolled back; nothing of it stands\.$/, '');
  return written && outcome.outcome === 'failed' && outcome.server ? `${short} The server says: ${outcome.server.words}.` : short;
}

interface Tried {
  ended: StepOutcome;
  /** What had to be left out of the step, or why all of it was. */
  without: 'rows' | 'rights' | null;
}

const TRIES_MOST = 3;
/** No such table, function, type or column, and no such schema. */
const IS_MISSING: ReadonlySet<string> = new Set(['42P01', '42883', '42704', '42703', '3F000']);

/**
 * A statement that fails for what rows say, or do not say, is no fault of the plan, and neither is one that only the operator may send: the step is tried
 * again without such statements, and where that does not help it is passed over.
 */
async function tried(work: CloneWork, session: RunSession, run: LedgerRun, step: Step, facts: Readonly<Record<string, string>>): Promise<Tried> {
  let now = step;
  let without: Tried['without'] = null;
  for (let tries = 1; ; tries += 1) {
    const ended = await stepOnClone(work, session, run, now, facts, new Map());
    const lacks = lackOf(ended);
    if (lacks === null) return { ended, without: troubleOf(ended) === null ? without : null };
    const rest = stepWithout(now, lacks === 'rows' ? isRows : isRights);
    without = without ?? lacks;
    if (!rest || tries === TRIES_MOST) return { ended, without };
    now = rest;
  }
}

/**
 * `rows`: the server said no because of a value, a key or a check, or a query found no row (classes 21, 22, 23), or a statement of the plan's own raised it
 * (P0). `rights`: on the scratch server nobody has more rights than to own the clone: not what the operator has, and no superuser.
 */
function lackOf(outcome: StepOutcome): 'rows' | 'rights' | null {
  const state = outcome.outcome === 'failed' ? outcome.server?.state : undefined;
  if (state === undefined) return null;
  return state === SQLSTATE.insufficientPrivilege ? 'rights' : /^(?:2[123]|P0)/.test(state) ? 'rows' : null;
}

/** Does the step fail for want of what phases that stand have put aside? */
function isKept(schema: string | null, { statements }: Step, outcome: StepOutcome): boolean {
  const state = outcome.outcome === 'failed' ? outcome.server?.state : undefined;
  return schema !== null && state !== undefined && IS_MISSING.has(state) && statements.some(({ sql }) => sql.includes(schema));
}

function isRows(sql: string): boolean {
  return /^(?:insert|update|delete|merge|copy|select|with|values|table)\b/i.test(behindComments(sql));
}

/** Owners and privileges, which a draft check does not compare. */
function isRights(sql: string): boolean {
  const text = behindComments(sql);
  return /^(?:grant|revoke|alter\s+default\s+privileges|set\s+role|reset\s+role)\b/i.test(text) || (/^alter\b/i.test(text) && /\bowner\s+to\s+\S+\s*;?\s*$/i.test(text));
}
