import type { FollowUp } from './follow-ups.ts';
import type { Plan } from './plan.ts';
import type { RehearsalVerdict } from './rehearsal-evidence.ts';
import type { ReportPhaseInput, ReportRun } from './report-input.ts';
import { listed } from './words.ts';

// The parts of a report that are the same for every plan, wherever it comes from: who did what when, what steps wrote, what was let stand.

export interface ReportRehearsal {
  at: string;
  by: string;
  version: number;
  verdict: RehearsalVerdict;
  sentence: string;
}

/** What happened to a plan beside its runs and signatures. ISO times. */
export interface RecordInput {
  versions: readonly { version: number; by: string; at: string; reason: string }[];
  rehearsals: readonly ReportRehearsal[];
  requests: readonly { phase: number; by: string; at: string; comment: string }[];
  followUps: readonly FollowUp[];
  /** Starts without signatures, and what a second person said of them. */
  glasses: readonly { run: string | null; phase: number; by: string; at: string; reason: string; answer: { by: string; at: string; verdict: string; comment: string } | null }[];
  /** Sentences of findings by their ids, as they stand now. */
  findings: ReadonlyMap<string, string>;
}

export interface ReportMoment {
  at: string;
  what: string;
}

/** A step that wrote rows, in the run that stands. */
export interface WrittenRows {
  phase: number;
  step: string;
  rows: number;
  ms: number | null;
}

/** Everything that people and workers did, oldest first; several signatures of one person at once are one line. */
export function timelineOf(input: RecordInput & { phases: readonly ReportPhaseInput[] }): ReportMoment[] {
  const moments: ReportMoment[] = [
    ...input.rehearsals.map(({ at, by, version, sentence }) => ({ at, what: `Rehearsal of version ${version}, asked for by ${by}: ${sentence}` })),
    ...input.requests.map(({ at, by, phase, comment }) => ({ at, what: `${by} asked for changes of phase ${phase}: ${comment}` })),
    ...signatures(input.phases),
    ...input.glasses.flatMap(({ at, by, phase, reason, answer }) => [
      { at, what: `${by} broke the glass for phase ${phase}, which ran without its signatures: ${reason}` },
      ...(answer ? [{ at: answer.at, what: `${answer.by} ${answer.verdict} that start of phase ${phase}${answer.comment === '' ? '' : `: ${answer.comment}`}` }] : []),
    ]),
    ...input.phases.flatMap((one, index) => one.runs.map((run) => ({ at: run.requestedAt, what: `${run.by} ${run.kind === 'forward' ? 'ran' : 'rolled back'} phase ${index + 1}: ${run.state}${took(run)}${run.reason === '' || input.glasses.some((glass) => glass.run === run.id) ? '' : ` (${run.reason})`}` }))),
    ...input.followUps.flatMap((one) => (one.end?.by ? [{ at: one.end.at, what: `${one.end.by} ${one.state === 'done' ? 'did' : 'dropped'} “${one.title}”: ${one.end.note}` }] : [])),
  ];
  const others = moments.toSorted((a, b) => a.at.localeCompare(b.at));
  return [...others, ...savedVersions(input.versions, others)].toSorted((a, b) => a.at.localeCompare(b.at));
}

/** Characters of a reason that a line has room for. */
const ROOM = 140;

/** Versions that one person saved with nothing in between are one line: what each changed is on its own page. */
function savedVersions(versions: RecordInput['versions'], others: readonly ReportMoment[]): ReportMoment[] {
  const rows: { first: RecordInput['versions'][number]; last: RecordInput['versions'][number] }[] = [];
  for (const version of versions) {
    const row = rows.at(-1);
    const apart = !row || row.last.by !== version.by || row.first.version === 1 || others.some(({ at }) => at > row.last.at && at < version.at);
    if (apart) rows.push({ first: version, last: version });
    else row.last = version;
  }
  return rows.map(({ first, last }) => {
    const reason = last.reason.length > ROOM ? `${last.reason.slice(0, ROOM - 1).trimEnd()}…` : last.reason;
    return { at: last.at, what: first === last ? `${last.by} saved version ${last.version}${reason === '' ? '' : `: ${reason}`}` : `${last.by} saved versions ${first.version} to ${last.version}` };
  });
}

function signatures(phases: readonly ReportPhaseInput[]): ReportMoment[] {
  const all = phases.flatMap((one, index) => one.approvals.map((approval) => ({ ...approval, phase: index + 1 })));
  // A minute and a person: whoever signs several phases at once signs them in one press.
  const presses = Map.groupBy(all, ({ person, signedAt }) => `${person} ${signedAt.slice(0, 16)}`);
  const signed = [...presses.values()].flatMap((press) => {
    const [first] = press;
    return first ? [{ at: first.signedAt, what: `${first.person} signed ${press.length === 1 ? 'phase' : 'phases'} ${listed(press.map(({ phase }) => String(phase)))}` }] : [];
  });
  const voided = all.flatMap(({ voidedAt, voidReason, person, phase }) => (voidedAt ? [{ at: voidedAt, what: `The signature of ${person} for phase ${phase} became void: ${voidReason ?? ''}` }] : []));
  return [...signed, ...voided];
}

function took(run: ReportRun): string {
  if (run.endedAt === null) return '';
  const seconds = Math.max(0, (Date.parse(run.endedAt) - Date.parse(run.requestedAt)) / 1000);
  return seconds < 60 ? ` after ${seconds.toFixed(1)} s` : ` after ${Math.round(seconds / 60)} min`;
}

/** What steps wrote, of runs that stand, in their order; batches and copies count all that they did. */
export function writtenRows(phases: readonly ReportPhaseInput[]): WrittenRows[] {
  return phases.flatMap((one, index) => (standing(one)?.view.steps ?? []).flatMap((step) => {
    const rows = step.rows ?? 0;
    if (step.state !== 'applied' || rows <= 0) return [];
    const ms = step.startedAt && step.endedAt ? Date.parse(step.endedAt) - Date.parse(step.startedAt) : null;
    return [{ phase: index + 1, step: one.phase.steps.find((each) => each.id === step.step)?.title ?? step.step, rows, ms }];
  }));
}

/** What steps made outside the target, as they said: where a dump is, how large, its hash. */
export function madeOutside(phases: readonly ReportPhaseInput[]): { phase: number; step: string; facts: readonly { label: string; value: string }[] }[] {
  return phases.flatMap((one, index) => (standing(one)?.view.steps ?? []).flatMap((step) =>
    (step.state === 'applied' && step.facts.length > 0 ? [{ phase: index + 1, step: one.phase.steps.find((each) => each.id === step.step)?.title ?? step.step, facts: step.facts }] : [])));
}

/** The run whose effect is in the target. */
export function standing(one: ReportPhaseInput): ReportRun | null {
  return one.runs.findLast((run) => run.kind === 'forward' && (run.state === 'applied' || run.state === 'deviated')) ?? null;
}

/** Findings that a person let stand, and what of a migration folder was: with the reason that was signed. */
export function letStand(plan: Plan, findings: ReadonlyMap<string, string>): { phase: number | null; finding: string; reason: string }[] {
  const inPhases = plan.phases.flatMap((phase, index) => Object.entries(phase.findingDecisions ?? {}).map(([id, { reason }]) => ({ phase: index + 1, finding: findings.get(id) ?? id, reason })));
  const inFolder = plan.origin?.from === 'folder' ? plan.origin.letStand.map(({ name, what, reason }) => ({ phase: null, finding: `${name}: ${what}`, reason })) : [];
  return [...inPhases, ...inFolder];
}
