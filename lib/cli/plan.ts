// `countersign plan create | status | wait`: plans over the HTTP API, for terminals and CI. A token never approves.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Api, ApiRefusal } from './api.ts';
import { Stop } from './command.ts';

export const PLAN_USAGE = `  countersign plan create --current TARGET --desired SIDE --name NAME (--all | --delta ID…) [--window HOURS] [--backup none|dump|dump_and_restore] [--conversion planner|inside] [--json]
  countersign plan status PLAN [--json]
  countersign plan wait PLAN [--for approved|applied|finished] [--timeout SECONDS] [--json]`;

/** What the process ends with; 1 is left to `diff`. */
const DONE = 0;
const NOT_YET = 3;
const HALTED = 4;
/** The API answers a waiting request after this many seconds at the latest. */
const ONE_WAIT = 60;

const phase = z.object({ number: z.number(), title: z.string(), state: z.string(), sentence: z.string(), approvals: z.object({ needed: z.number(), given: z.number() }), findings: z.array(z.object({ code: z.string(), severity: z.string(), sentence: z.string() })) });
const plan = z.object({ id: z.string(), name: z.string(), target: z.string(), state: z.string(), sentence: z.string(), version: z.number(), url: z.string(), phases: z.array(phase), draftCheck: z.object({ sentence: z.string(), outdated: z.string().nullable() }).nullish() });
const made = z.object({ sentence: z.string(), plan });
const waited = z.object({ outcome: z.enum(['reached', 'halted', 'waiting']), plan });

export interface Terminal {
  print: (text: string) => Promise<void>;
  /** For progress, which is not the answer. */
  note: (text: string) => void;
}

/** Runs one of the three. Returns the exit code; throws Stop with a sentence for what fails. */
export async function planCommand(args: readonly string[], api: Api, terminal: Terminal): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'create') return create(rest, api, terminal);
  if (command === 'status') return status(rest, api, terminal);
  if (command === 'wait') return wait(rest, api, terminal);
  throw new Stop(command === undefined ? `Usage:\n${PLAN_USAGE}` : `There is no command plan ${command}: create, status or wait.`);
}

async function create(args: readonly string[], api: Api, terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { current: { type: 'string' }, desired: { type: 'string' }, name: { type: 'string' }, all: { type: 'boolean' }, delta: { type: 'string', multiple: true }, window: { type: 'string' }, backup: { type: 'string' }, conversion: { type: 'string' }, json: { type: 'boolean' } },
  });
  const { current, desired, name } = values;
  if (current === undefined || desired === undefined || name === undefined) throw new Stop('countersign plan create needs --current, --desired and --name.');
  if ((values.all === true) === (values.delta !== undefined)) throw new Stop('Say which differences: --all for every one that nobody has answered, or --delta ID for each.');
  const body = { current, desired, name, deltaIds: values.all ? 'all' : values.delta, ...(values.window === undefined ? {} : { windowHours: Number(values.window) }), ...(values.backup === undefined ? {} : { fullBackup: values.backup }), ...(values.conversion === undefined ? {} : { conversion: values.conversion }) };
  try {
    const answer = await api.ask('/plans', body);
    const read = known(made, answer);
    await terminal.print(values.json ? jsonText(answer) : `${read.sentence}\n${planText(read.plan)}`);
    return DONE;
  } catch (error) {
    // Nothing to plan is what CI hopes for on most days.
    if (!(error instanceof ApiRefusal) || error.code !== 'plan_empty') throw error;
    await terminal.print(values.json ? jsonText({ plan: null, sentence: error.message }) : `${error.message}\n`);
    return NOT_YET;
  }
}

async function status(args: readonly string[], api: Api, terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: 'boolean' } } });
  const answer = await api.ask(`/plans/${planId(positionals)}`);
  await terminal.print(values.json ? jsonText(answer) : planText(known(plan, answer)));
  return DONE;
}

async function wait(args: readonly string[], api: Api, terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { for: { type: 'string', default: 'applied' }, timeout: { type: 'string', default: '3600' }, json: { type: 'boolean' } } });
  if (!['approved', 'applied', 'finished'].includes(values.for)) throw new Stop(`--for is approved, applied or finished, not ${values.for}.`);
  if (!/^\d{1,7}$/.test(values.timeout)) throw new Stop('--timeout is a number of seconds.');
  const path = `/plans/${planId(positionals)}/wait?for=${values.for}`;
  const until = performance.now() + Number(values.timeout) * 1_000;
  let said = '';
  for (;;) {
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1_000));
    const answer = await api.ask(`${path}&timeout=${Math.min(ONE_WAIT, left)}`);
    const { outcome, plan: now } = known(waited, answer);
    if (outcome !== 'waiting' || left === 0) {
      await terminal.print(values.json ? jsonText(answer) : planText(now));
      return { reached: DONE, halted: HALTED, waiting: NOT_YET }[outcome];
    }
    if (now.sentence !== said) terminal.note(now.sentence);
    said = now.sentence;
  }
}

/** An id, or the address of the plan's page. */
function planId([given, ...more]: readonly string[]): string {
  const found = /^(?:https?:\/\/\S+\/plans\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#]\S*)?$/i.exec(given ?? '')?.[1];
  if (found === undefined || more.length > 0) throw new Stop('Name one plan, by its id or the address of its page.');
  return found;
}

function planText(read: z.infer<typeof plan>): string {
  const phases = read.phases.flatMap((one) => [
    `  ${one.number} ${one.title}: ${one.state}, ${one.approvals.given} of ${one.approvals.needed} approvals. ${one.sentence}`,
    ...one.findings.map((finding) => `      ${finding.severity === 'blocking' ? 'blocks' : 'to know'}: ${finding.sentence} (${finding.code})`),
  ]);
  const draft = read.draftCheck ? `  Draft check: ${read.draftCheck.outdated === null ? '' : `outdated (${read.draftCheck.outdated}) `}${read.draftCheck.sentence}\n` : '';
  return `${read.name} (${read.target}, version ${read.version}): ${read.state}. ${read.sentence}\n${draft}${phases.join('\n')}\n${read.url}\n`;
}

function jsonText(answer: unknown): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}

function known<T>(schema: z.ZodType<T>, answer: unknown): T {
  const read = schema.safeParse(answer);
  if (!read.success) throw new Stop('Countersign answered in words that this command does not know: one of the two is of another version.');
  return read.data;
}
