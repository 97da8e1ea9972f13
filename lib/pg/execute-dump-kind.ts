import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { dumpApplicationName, type DumpFile, takeDump } from './execute-dump.ts';
import { type DumpTools, findDumpTools } from './execute-dump-tools.ts';
import { assertionFailed, commitFrame, guardedFrame, openFirst, recordApplied, startedOrLeave } from './execute-frame.ts';
import type { Beside, StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import { testRestore } from './execute-restore.ts';
import { closeRunSession, type RunSession } from './execute-session.ts';
import { readStep, type StepResult, writeCheckpoint } from './ledger.ts';

const NOT_BEGUN = { found: 'absent' as const, sentence: 'Its worker went away; what it had begun outside the database is removed, and it is done again.' };

/** pg_dump of the whole database; its ledger row tells where the file is and what it holds. */
export const dumpKind: StepKind = { run: runDump, probe: () => Promise.resolve(NOT_BEGUN), refuses: async (_step, session, beside) => stringOf(await toolsFor(session, beside)) ?? directoryMissing(beside) };

/** A restore of the run's own dump into a scratch database. */
export const restoreTestKind: StepKind = { run: runRestoreTest, probe: () => Promise.resolve(NOT_BEGUN), refuses: async (_step, session, beside) => stringOf(await toolsFor(session, beside)) ?? restoreServerMissing(beside) };

function stringOf(tools: DumpTools | string): string | null {
  return typeof tools === 'string' ? tools : null;
}

function directoryMissing({ backup }: Beside): string | null {
  return backup.directory === null ? 'COUNTERSIGN_BACKUP_DIR is not set for the worker, so it does not know where a dump goes.' : null;
}

function restoreServerMissing({ backup }: Beside): string | null {
  return backup.restoreUrl === null ? 'COUNTERSIGN_RESTORE_URL is not set for the worker, so there is no server on which a restore can be tried.' : null;
}

async function toolsFor(session: RunSession, { backup }: Beside): Promise<DumpTools | string> {
  const { rows } = await session.client.query<{ version: string }>(`SELECT pg_catalog.current_setting('server_version_num') AS version`);
  return findDumpTools(Math.floor(Number(rows[0]?.version) / 10_000), { configured: backup.toolFolder, path: backup.environment['PATH'] ?? '' });
}

async function runDump(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const begun = performance.now();
  const declared = await guardedFrame(session, step, context, NOTHING_STANDS, () => declare(session, step, context, report));
  if ('outcome' in declared) return declared;
  const { config, backup } = context.beside;
  const tools = await toolsFor(session, context.beside);
  if (typeof tools === 'string' || backup.directory === null) return failed(typeof tools === 'string' ? tools : (directoryMissing(context.beside) ?? ''));
  const { runId, attempt } = context.run;
  const end = await carried(session, context, 'pg_dump', () => takeDump({
    config, tools, directory: backup.directory ?? '', name: `${config.name}-${runId}`, runId, attempt, environment: backup.environment, stopping: () => stopped(session, context),
    stage: (index, label) => { context.reach('mid_copy'); report.statement(index, label, ''); },
    progress: (label, done, total, source) => report.progress(label, done, total, { unit: 'rows', source, about: true }),
  }));
  if (session.lost) return { outcome: 'in_doubt' };
  if ('outcome' in end) return end;
  if (end.ended === 'stopped') return { outcome: 'cancelled' };
  if (end.ended === 'locked') return { outcome: 'lock_timeout', forWhat: `ACCESS SHARE on every table, for ${dumpApplicationName(runId, attempt)}`, blockers: [] };
  if (end.ended === 'failed') return { outcome: 'failed', sentence: `${end.sentence} ${NOTHING_STANDS}`, errorId: end.errorId };
  const { file } = end;
  const rows = Object.values(file.content.rows).reduce((sum, count) => sum + count, 0);
  const ms = Math.round(performance.now() - begun);
  const assertions: AssertionResult[] = [{ label: 'tables whose rows the archive lists', expected: String(file.tables), actual: String(file.tables), ok: true }];
  const facts = [
    { label: 'file', value: file.path }, { label: 'size', value: `${file.bytes} bytes` }, { label: 'sha256', value: file.sha256 },
    { label: 'made by', value: file.tool }, { label: 'entries', value: String(file.entries) }, { label: 'schema fingerprint', value: file.content.fingerprint },
  ];
  return concluded(session, step, context, { rows, ms, statements: [{ label: file.tool, rows, ms: file.ms }], assertions, facts, dump: file });
}

async function runRestoreTest(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const declared = await guardedFrame(session, step, context, NOTHING_STANDS, () => declare(session, step, context, report));
  if ('outcome' in declared) return declared;
  const { backup } = context.beside;
  const tools = await toolsFor(session, context.beside);
  const file = await dumpOf(session, step, context);
  if (typeof tools === 'string') return failed(tools);
  if (backup.restoreUrl === null || file === null) return failed(restoreServerMissing(context.beside) ?? 'This run has made no dump that could be restored.');
  const restoreUrl = backup.restoreUrl;
  const end = await carried(session, context, 'the restore test', () => testRestore({
    restoreUrl, tools, file, runId: context.run.runId, attempt: context.run.attempt, environment: backup.environment, stopping: () => stopped(session, context),
    stage: (index, label) => { context.reach('mid_copy'); report.statement(index, label, ''); },
    progress: (label, done, total, source) => report.progress(label, done, total, { unit: 'rows', source, about: false }),
  }));
  if (session.lost) return { outcome: 'in_doubt' };
  if ('outcome' in end) return end;
  if (end.ended === 'stopped') return { outcome: 'cancelled' };
  if (end.ended === 'failed') return { outcome: 'failed', sentence: end.sentence, errorId: end.errorId };
  if (end.ended === 'differs') return assertionFailed(end.assertions, 'The dump cannot be relied on.');
  return concluded(session, step, context, { rows: end.rows, ms: end.ms, statements: [{ label: 'restore', rows: end.rows, ms: end.ms }], assertions: end.assertions, facts: end.leftOut.map((value) => ({ label: 'left out', value })) });
}

const NOTHING_STANDS = 'No dump stands; the database was not changed.';

/** The run's own session is idle meanwhile: a look at it is how a lost connection is noticed. */
function stopped(session: RunSession, context: StepContext): boolean {
  return session.lost || context.stopping();
}

const BROKEN_TRIES = 3;
const BROKEN_PAUSE_MS = 1_000;

type Broken = { ended: 'broken' };

/**
 * What is done beside the run's own session breaks with its connections, when their server restarts or somebody ends them. Nothing of it stands then, so it is done anew, a few times;
 * in doubt only where the run's own session is gone as well.
 */
async function carried<T extends { ended: string }>(session: RunSession, context: StepContext, what: string, work: () => Promise<T | Broken>): Promise<Exclude<T, Broken> | StepOutcome> {
  for (let tries = 1; ; tries += 1) {
    const { end, sentence } = await tried(work);
    if (!isBroken(end)) return end;
    await session.client.query('SELECT 1').catch(() => closeRunSession(session));
    if (session.lost) return { outcome: 'in_doubt' };
    if (context.stopping()) return { outcome: 'cancelled' };
    if (tries === BROKEN_TRIES) return failed(`${sentence ?? `The connection of ${what} broke.`} It was tried ${BROKEN_TRIES} times. ${NOTHING_STANDS}`);
    await sleep(BROKEN_PAUSE_MS * tries);
  }
}

function isBroken<T extends { ended: string }>(end: T | Broken | StepOutcome): end is Broken {
  return 'ended' in end && end.ended === 'broken';
}

async function tried<T extends { ended: string }>(work: () => Promise<T | Broken>): Promise<{ end: Exclude<T, Broken> | Broken | StepOutcome; sentence: string | null }> {
  try {
    const end = await work();
    return { end: isBroken(end) ? end : (end as Exclude<T, Broken>), sentence: null };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, sentence } = error.refusal;
    return code === 'database_unreachable' ? { end: { ended: 'broken' }, sentence } : { end: failed(sentence), sentence };
  }
}

function failed(sentence: string): StepOutcome {
  return { outcome: 'failed', sentence, errorId: null };
}

async function dumpOf(session: RunSession, step: Step, context: StepContext): Promise<DumpFile | null> {
  if (step.work?.kind !== 'restore_test') throw new Error(`step ${step.id} restores nothing`);
  return (await readStep(session.client, context.run.runId, step.work.of))?.result?.dump ?? null;
}

async function declare(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<void> {
  await openFirst(session, step, context);
  await startedOrLeave(report, session, null);
  await writeCheckpoint(session.client, context.run.runId, step.id, { begun: true });
  await commitFrame(session, context.limits);
  context.reach('after_ledger');
}

async function concluded(session: RunSession, step: Step, context: StepContext, result: StepResult): Promise<StepOutcome> {
  const end = await guardedFrame(session, step, context, NOTHING_STANDS, () => recordApplied(session, step, context, result));
  return 'outcome' in end ? end : end.done;
}
