import type { NewPlan } from '../editor/new-plan.ts';
import { objectId } from '../snapshot.ts';
import type { FolderOrigin, Phase, Plan, Statement, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { keepSchemaOf, spoken } from '../planner/names.ts';
import type { RefusalCode } from '../refusal.ts';
import type { DraftStep } from '../runbook/draft.ts';
import { finishPhases } from '../runbook/finish.ts';
import { volatileFunctions } from '../sql-facts/volatile.ts';
import { counted, listed } from '../words.ts';
import { type FileSteps, stepsOfFile } from './file-steps.ts';
import { ledgerRow, ledgerTable, notThereYet, takingTurns, type TableLedger } from './ledger-sql.ts';
import { type Ledger, type MigrationFile, type MigrationFolder, TOOL } from './migration.ts';
import { type MigrationStatus, statusOf } from './status.ts';

/** What a person chose of a folder. */
export interface FolderChoice {
  about: NewPlan;
  folder: MigrationFolder;
  ledger: Ledger;
  /** Plain files: the first that is run; of a tool's folder its ledger says that, and this is null. */
  from: string | null;
  /** The last that is run. */
  upTo: string;
  /** Reasons for what is wrong between folder and ledger, by the name in the list. */
  letStand: Readonly<Record<string, string>>;
  /** Makes the ids of Prisma's rows: uuids. */
  newId: () => string;
}

/**
 * A plan that runs what is pending, a phase for each migration, and writes the ledger of its tool in the same transaction as the tool would.
 * Refuses by name: failed migrations, what was edited after it was applied or is unknown here (until somebody lets it stand), and files that do not parse.
 */
export async function folderPlan(choice: FolderChoice): Promise<PlanResult> {
  const lines = statusOf(choice.folder, choice.ledger);
  const wrong = troubleOf(lines, choice.letStand);
  if (wrong) return refused(...wrong);
  const chosen = chosenFiles(lines, choice);
  if (!chosen.ok) return chosen;
  const searchPath = searchPathOf(choice.ledger);
  const read: { file: MigrationFile; steps: Extract<FileSteps, { ok: true }> }[] = [];
  for (const file of chosen.files) {
    const steps = await stepsOfFile(file, choice.folder.style, searchPath);
    if (!steps.ok) return steps;
    read.push({ file, steps });
  }
  const { phases } = finishPhases(read.map(({ file, steps }) => ({ title: file.name, summary: null, steps: steps.drafts, from: 1, to: 1, due: null, draft: null })), new Map());
  const done = phases.map((phase, index) => withLedger(phase, read[index], choice, index === 0));
  return { ok: true, plan: planOf(choice, 'run', chosen.files, signed(done, answersOf(lines, choice.letStand)), lines) };
}

/** What was let stand is read, and signed, with the first phase. */
function signed(phases: readonly Phase[], answers: FolderOrigin['letStand']): Phase[] {
  const said = answers.map(({ name, what, reason }) => ` Let stand: ${name} ${what === 'edited' ? 'was edited after it was applied' : 'is not in the folder'} (“${reason}”).`).join('');
  return phases.map((phase, index) => (index === 0 ? { ...phase, summary: `${phase.summary}${said}` } : phase));
}

/** Names without a schema are those of the schema that Prisma's table lies in, because that is the one of its address. */
export function searchPathOf(ledger: Ledger): readonly string[] {
  return [ledger.tool === 'prisma' ? ledger.table.schema : 'public'];
}

const NEEDS_REASON: Readonly<Partial<Record<MigrationStatus['state'], RefusalCode>>> = { edited: 'migration_edited', unknown_here: 'migration_unknown' };

/** The first thing that stands in the way of everything else; null: nothing does. */
export function troubleOf(lines: readonly MigrationStatus[], letStand: Readonly<Record<string, string>>): [RefusalCode, string] | null {
  const failed = lines.find((line) => line.state === 'failed');
  if (failed) return ['migration_failed', `${failed.name}: ${failed.sentence}`];
  for (const line of lines) {
    const code = NEEDS_REASON[line.state];
    if (code !== undefined && (letStand[line.name] ?? '').trim() === '') return [code, `${line.name}: ${line.sentence} Say why that may stand, or mend it first.`];
  }
  return null;
}

/** The author's answers, to what they are about. */
function answersOf(lines: readonly MigrationStatus[], letStand: Readonly<Record<string, string>>): FolderOrigin['letStand'] {
  return lines.flatMap((line) => {
    const reason = (letStand[line.name] ?? '').trim();
    return NEEDS_REASON[line.state] === undefined || reason === '' ? [] : [{ name: line.name, what: line.state, reason }];
  });
}

type Chosen = { ok: true; files: MigrationFile[] } | ReturnType<typeof refused>;

function chosenFiles(lines: readonly MigrationStatus[], { folder, from, upTo }: FolderChoice): Chosen {
  const files = folder.files;
  const end = files.findIndex((file) => file.name === upTo);
  if (end < 0) return refused('not_found', `${folder.name} has no migration called “${upTo}”.`);
  const last = lines.find((line) => line.file?.name === upTo);
  if (folder.style === 'plain') {
    const start = from === null ? end : files.findIndex((file) => file.name === from);
    if (start < 0 || start > end) return refused('invalid_input', 'Choose the first file to run, and a last one that does not come before it.');
    return { ok: true, files: files.slice(start, end + 1) };
  }
  if (last && !last.toolRuns) return refused(last.state === 'out_of_order' ? 'migration_out_of_order' : 'nothing_pending', `${last.name}: ${last.sentence}`);
  const runs = new Set(lines.filter((line) => line.toolRuns && line.state !== 'edited').map((line) => line.name));
  const pending = files.slice(0, end + 1).filter((file) => runs.has(file.name));
  return pending.length === 0 ? refused('nothing_pending', `Nothing of ${folder.name} is pending up to ${upTo}.`) : { ok: true, files: pending };
}

function withLedger(phase: Phase, read: { file: MigrationFile; steps: Extract<FileSteps, { ok: true }> } | undefined, { ledger, folder, newId }: FolderChoice, isFirst: boolean): Phase {
  if (!read) return phase;
  const { source: _source, ...rest } = phase;
  const { file, steps: { drafts, notes } } = read;
  const steps = phase.steps.map((step, index) => plainStep(step, drafts[index]));
  const said = notes.length === 0 ? '' : ` ${notes.join(' ')}`;
  const what = `${counted(drafts.reduce((sum, draft) => sum + (draft.body.is === 'sql' ? draft.body.statements.length : 0), 0), 'statement', 'statements')} of ${file.file}`;
  if (ledger.tool === 'none') return { ...rest, steps: titled(steps, file), summary: `${what}, as the file has them.${said}` };
  const row = ledgerRow(ledger, file, newId(), false);
  const all = withRow(phase.id, titled(steps, file), ledger, file, row, isFirst);
  const apart = all.at(-1)?.id === lastId(phase.id);
  return {
    ...rest,
    steps: all,
    verifications: [...phase.verifications, row.stands],
    touches: [...phase.touches, objectId('table', ledger.table.schema, ledger.table.name)],
    summary: `${what}; the row in ${TOOL[folder.style]}’s ledger ${spoken(ledger.table)} ${apart ? 'follows in a transaction of its own, because a statement before it can be in none' : 'is written in the same transaction'}.${said}`,
  };
}

/** A question in a migration is asked as its tool asks it: nobody waits for an answer. One that calls what may do something is no question. */
function plainStep(step: Step, draft: DraftStep | undefined): Step {
  const { source: _source, ...rest } = step;
  const written = draft?.body.is === 'sql' ? draft.body.statements : [];
  const calls = step.statements.flatMap((statement, place) => (statement.do === 'assert' ? volatileFunctions(written[place]?.node).filter((name) => !AGGREGATES.has(name)) : []));
  const statements = step.statements.map((statement, place): Statement => (statement.do === 'assert' ? { do: 'execute', label: statement.label, sql: written[place]?.sql ?? statement.sql } : statement));
  if (calls.length === 0) return { ...rest, statements };
  const hazard = { code: 'NOT_REVERSIBLE' as const, sentence: `What ${listed([...new Set(calls)].map((name) => `${name}()`))} changes cannot be read off the file: a rollback of the phase leaves all of this step as it is.` };
  return { ...rest, statements, undo: [], hazards: [...rest.hazards.filter(({ code }) => code !== 'NOT_REVERSIBLE'), hazard] };
}

const AGGREGATES = new Set(['count', 'sum', 'min', 'max', 'avg', 'bool_and', 'bool_or', 'every', 'string_agg', 'array_agg', 'json_agg', 'jsonb_agg']);

/** The first transaction asks whether it is still pending; the last one writes the row. What cannot be in a transaction gets one before or behind it. */
function withRow(phaseId: string, steps: readonly Step[], ledger: TableLedger, file: MigrationFile, row: Pick<ReturnType<typeof ledgerRow>, 'statements' | 'undo'>, isFirst: boolean): Step[] {
  const made = isFirst ? ledgerTable(ledger) : { statements: [], undo: [] };
  const before = [...takingTurns(ledger), ...made.statements, notThereYet(ledger, file)];
  const [first] = steps;
  const head: Step[] = first && isTransaction(first) ? [{ ...first, statements: [...before, ...first.statements], undo: isLasting(first) ? [] : [...first.undo, ...made.undo] }, ...steps.slice(1)] : [ledgerStep(`${phaseId}.first`, `Ask the ledger for ${file.name}`, before, made.undo, searchPathOf(ledger)), ...steps];
  const last = head.at(-1);
  if (!last || !isTransaction(last)) return [...head, ledgerStep(lastId(phaseId), `Write ${file.name} into the ledger`, row.statements, row.undo, searchPathOf(ledger))];
  return [...head.slice(0, -1), { ...last, statements: [...last.statements, ...row.statements], undo: isLasting(last) ? [] : [...row.undo, ...last.undo] }];
}

function isTransaction(step: Step): boolean {
  return step.work === undefined;
}

/** What stays after a rollback stays with its row in the ledger, or the tool would do it once more. */
function isLasting(step: Step): boolean {
  return step.undo.length === 0 && step.hazards.some(({ code }) => code === 'NOT_REVERSIBLE');
}

function lastId(phaseId: string): string {
  return `${phaseId}.last`;
}

function ledgerStep(id: string, title: string, statements: readonly Statement[], undo: readonly Statement[], searchPath: readonly string[]): Step {
  return { id, title, statements, undo, locks: [], rewrite: false, hazards: [], editable: true, searchPath };
}

function titled(steps: readonly Step[], file: MigrationFile): Step[] {
  return steps.map((step, index) => ({ ...step, title: steps.length === 1 ? file.name : `${file.name}, part ${index + 1}` }));
}

/** The document around the phases. */
export function planOf({ about, folder, letStand }: Pick<FolderChoice, 'about' | 'folder' | 'letStand'>, act: FolderOrigin['act'], files: readonly MigrationFile[], phases: readonly Phase[], lines: readonly MigrationStatus[]): Plan {
  const origin: FolderOrigin = { from: 'folder', name: folder.name, style: folder.style, act, files: files.map(({ name, digest }) => ({ name, digest })), letStand: answersOf(lines, letStand) };
  return { ...about, keepSchema: keepSchemaOf(about.id), deltaIds: [], decisions: [], origin, phases };
}

export function refused(code: RefusalCode, sentence: string): { ok: false; refusals: { code: RefusalCode; sentence: string }[] } {
  return { ok: false, refusals: [{ code, sentence }] };
}
