import 'server-only';
import { z } from 'zod';
import { TEAM_RULES } from '#lib/pipeline/lint/finding.ts';
import { documentTrouble, NO_DEMANDS, policyDifferences, type PolicyDocument, WEEKDAYS } from '#lib/pipeline/policy-document.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { currentPolicy, savePolicy } from '#lib/store/policy.ts';
import { reason, version } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';

const demanded = (what: string, least: number, most: number) => z.number({ error: `${what} must be a number.` }).int(`${what} must be a whole number.`).min(least, `${what} must be at least ${least}.`).max(most, `${what} may be at most ${most}.`).nullable();
const text = (most: number) => z.string().trim().max(most);
const documentShape = z.strictObject({
  windows: z.array(z.strictObject({ database: text(63), days: z.array(z.literal([...WEEKDAYS])), from: text(5), to: text(5), zone: text(60) })).max(100),
  freezes: z.array(z.strictObject({ from: text(40), to: text(40), why: text(300), databases: z.array(text(63)).nullable() })).max(100),
  writeBlockSeconds: demanded('For how long writers may wait', 0, 3_600),
  approvals: demanded('The number of approvals', 1, 10),
  approvalsDestructive: demanded('The number of approvals of a phase that removes data', 1, 10),
  approvalHours: demanded('The hours for which an approval stands', 1, 24 * 365),
  executionHours: demanded('The hours within which a phase must be started', 1, 24 * 365),
  teamRules: z.array(z.enum(TEAM_RULES)),
  rulesByAdmins: z.boolean(),
  breakGlass: z.boolean(),
  accountDays: demanded('The days before an account signs its maker’s plans', 1, 365),
  distinctGroups: demanded('The number of different groups', 2, 10),
}) satisfies z.ZodType<PolicyDocument>;

const changeInput = z.object({
  number: version,
  reason,
  document: z.string({ error: 'The form lacks the policy. Load the page again.' }).max(100_000).transform((json, context): PolicyDocument => {
    const read = documentShape.safeParse(parsedJson(json));
    if (read.success) return read.data;
    context.addIssue({ code: 'custom', message: read.error.issues[0]?.message ?? 'The policy was not filled in as expected.' });
    return z.NEVER;
  }),
});

/** Lays down the next version. It counts from now on: for what is signed, scheduled and started after it, and for what waits to be started. */
export const changePolicySpec: CommandSpec<z.infer<typeof changeInput>, void> = {
  action: 'change policy',
  roles: ['admin'],
  schema: changeInput,
  run: async (trx, { person, env }, input) => {
    const before = await currentPolicy(trx);
    if ((before?.number ?? 0) !== input.number) throw new Refused('policy_changed', `${before?.by ?? 'Someone'} laid down version ${before?.number ?? 0} of the policy meanwhile (${before?.reason ?? ''}). Look at it, then change it again.`);
    const databases = env.databases.map((database) => database.name);
    const document = normal(input.document);
    // What was laid down for a database that is not declared any more may stay: taking out an entry must not be forced by an unrelated change.
    const known = [...databases, ...(before?.document.windows ?? []).map((window) => window.database), ...(before?.document.freezes ?? []).flatMap((freeze) => freeze.databases ?? [])];
    const trouble = documentTrouble(document, known);
    if (trouble) throw new Refused('invalid_input', trouble);
    const differences = policyDifferences(before?.document ?? NO_DEMANDS, document);
    if (differences.length === 0) throw new Refused('invalid_input', 'This says the same as the policy that counts now.');
    await savePolicy(trx, { number: input.number + 1, document, by: person.id, reason: input.reason });
    return { sentence: `Policy ${input.number + 1} counts from now on.`, reason: input.reason, detail: { number: input.number + 1, differences, document } };
  },
};

/** One spelling for one thing, so that a version differs from the one before it only by what was changed. */
function normal(document: PolicyDocument): PolicyDocument {
  return {
    ...document,
    windows: document.windows.map((window) => ({ ...window, days: WEEKDAYS.filter((day) => window.days.includes(day)) })),
    freezes: document.freezes.map((freeze) => ({ ...freeze, from: iso(freeze.from), to: iso(freeze.to) })),
    teamRules: TEAM_RULES.filter((rule) => document.teamRules.includes(rule)),
  };
}

/** What is no moment is left as it is, for the sentence that says so. */
function iso(moment: string): string {
  const at = Date.parse(moment);
  return Number.isNaN(at) ? moment : new Date(at).toISOString();
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}

export const changePolicy = command(changePolicySpec);
