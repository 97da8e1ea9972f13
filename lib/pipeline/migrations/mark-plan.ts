import { objectId } from '../snapshot.ts';
import type { Phase, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { spoken } from '../planner/names.ts';
import { counted } from '../words.ts';
import { type FolderChoice, planOf, refused } from './folder-plan.ts';
import { ledgerRow, ledgerTable, notThereYet, rolledBackRow, takingTurns, type TableLedger } from './ledger-sql.ts';
import { type MigrationFile, TOOL } from './migration.ts';
import { type MigrationStatus, statusOf } from './status.ts';

export type MarkChoice = Omit<FolderChoice, 'from' | 'upTo' | 'letStand'> & {
  /** `applied_up_to`: a baseline, everything up to there that the ledger does not have; the others are about one migration. */
  mark: 'applied_up_to' | 'applied' | 'rolled_back';
  name: string;
  /** Why it is true: kept with the plan. */
  reason: string;
};

/**
 * A plan that runs nothing of the files and only tells the ledger what is true already. The way back takes exactly these rows out again.
 * Refuses what is not open to such an answer.
 */
export function markPlan(choice: MarkChoice): PlanResult {
  const { ledger, folder, mark, name } = choice;
  if (ledger.tool === 'none') return refused('invalid_input', `${folder.name} holds plain files, of which no tool keeps a ledger: there is nothing to mark.`);
  const lines = statusOf(folder, ledger);
  const line = lines.find((one) => one.name === name);
  if (!line) return refused('not_found', `Neither ${folder.name} nor its ledger has “${name}”.`);
  if (mark === 'rolled_back') return rolledBackPlan(choice, ledger, line);
  const marked = mark === 'applied_up_to' ? upTo(lines, line) : [line];
  const wrong = marked.length === 0 ? line : marked.find((one) => !isOpen(one));
  if (wrong) return refused('nothing_pending', `${wrong.name}: ${wrong.sentence}`);
  // Drizzle goes by the time of the last row alone: what is pending before it would never run.
  const passed = ledger.tool === 'drizzle' && mark === 'applied' ? lines.find((one) => one.state === 'pending' && lines.indexOf(one) < lines.indexOf(line)) : undefined;
  if (passed) return refused('migration_out_of_order', `Drizzle would never run ${passed.name} once a later one is in its ledger. Mark everything up to ${name}, or run that one first.`);
  const failed = mark === 'applied_up_to' ? lines.find((one) => one.state === 'failed') : undefined;
  if (failed) return refused('migration_failed', `${failed.name}: ${failed.sentence}`);
  const files = marked.flatMap(({ file }) => file ?? []);
  const first = ledgerTable(ledger);
  const parts = marked.flatMap((one) => {
    if (!one.file) return [];
    const open = ledger.tool === 'prisma' && one.state === 'failed' && one.rowId !== null ? rolledBackRow(ledger, one.name, one.rowId) : null;
    const row = ledgerRow(ledger, one.file, choice.newId(), true);
    return [{ statements: [...(open?.statements ?? []), notThereYet(ledger, one.file), ...row.statements], undo: [...row.undo, ...(open?.undo ?? [])], stands: row.stands }];
  });
  const step = { ...BARE, title: `Mark ${naming(files)} as applied`, statements: [...takingTurns(ledger), ...first.statements, ...parts.flatMap((part) => part.statements)], undo: [...parts.toReversed().flatMap((part) => part.undo), ...first.undo] };
  const summary = `Writes ${counted(files.length, 'row', 'rows')} into ${TOOL[folder.style]}’s ledger ${spoken(ledger.table)} and runs nothing: ${sentence(choice.reason)}`;
  return { ok: true, plan: planOf({ ...choice, letStand: {} }, 'mark_applied', files, [phaseOf(step, summary, ledger, parts.map((part) => part.stands))], []) };
}

/** What a person can say of it: that it stands although the ledger does not know. */
function isOpen(line: MigrationStatus): boolean {
  return line.file !== null && (line.state === 'pending' || line.state === 'out_of_order' || line.state === 'failed');
}

function upTo(lines: readonly MigrationStatus[], last: MigrationStatus): MigrationStatus[] {
  return lines.slice(0, lines.indexOf(last) + 1).filter((line) => line.state === 'pending' || line.state === 'out_of_order');
}

function rolledBackPlan(choice: MarkChoice, ledger: TableLedger, line: MigrationStatus): PlanResult {
  if (ledger.tool !== 'prisma' || line.state !== 'failed' || line.rowId === null) return refused('invalid_input', `${line.name}: ${line.sentence} Only what was begun and not finished can be marked as rolled back.`);
  const part = rolledBackRow(ledger, line.name, line.rowId);
  const step = { ...BARE, title: `Mark the try of ${line.name} as rolled back`, statements: [...takingTurns(ledger), ...part.statements], undo: part.undo };
  const summary = `Says in Prisma’s ledger ${spoken(ledger.table)} that nothing of it stands, so that it is pending again: ${sentence(choice.reason)}`;
  return { ok: true, plan: planOf({ ...choice, letStand: {} }, 'mark_rolled_back', line.file ? [line.file] : [], [phaseOf(step, summary, ledger, [part.stands])], []) };
}

const BARE = { locks: [], rewrite: false, hazards: [], editable: true } as const;

function phaseOf(step: Omit<Step, 'id'>, summary: string, ledger: TableLedger, verifications: Phase['verifications']): Phase {
  return {
    id: 'written.1', kind: 'written', title: step.title, summary, steps: [{ ...step, id: 'written.1.1', searchPath: [ledger.table.schema] }], checks: [], verifications, price: [], touches: [objectId('table', ledger.table.schema, ledger.table.name)], requires: [], orphanDecisions: {},
    destructive: false, pointOfNoReturn: false, due: null,
  };
}

function naming(files: readonly MigrationFile[]): string {
  const [first] = files;
  return files.length === 1 && first ? first.name : counted(files.length, 'migration', 'migrations');
}

function sentence(reason: string): string {
  const text = reason.trim();
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
