import 'server-only';
import { troubleOf } from '#lib/pipeline/migrations/folder-plan.ts';
import { type Ledger, TOOL } from '#lib/pipeline/migrations/migration.ts';
import { type MigrationState, type MigrationStatus, statusOf } from '#lib/pipeline/migrations/status.ts';
import { spoken } from '#lib/pipeline/planner/names.ts';
import type { Refusal } from '#lib/pipeline/refusal.ts';
import { createFolderPlanSpec } from './commands/migration-plans.ts';
import { configuration } from './control.ts';
import type { RefusedDto } from './dto/answer.ts';
import { load, orRefused } from './gate.ts';
import { folderOnTarget } from './migrations.ts';

export interface MigrationLineDto {
  name: string;
  state: MigrationState;
  sentence: string;
  appliedAt: string | null;
  /** It may be the last that a plan runs. */
  mayEnd: boolean;
  /** It blocks until somebody says why it may stand. */
  needsReason: boolean;
  /** What can be said of it in the ledger, without running it. */
  marks: readonly ('applied' | 'applied_up_to' | 'rolled_back')[];
}

export interface MigrationListDto {
  tool: string;
  plain: boolean;
  /** What was read of the ledger, in one sentence. */
  ledger: string;
  notes: readonly string[];
  lines: readonly MigrationLineDto[];
  /** What no reason helps against; null: nothing. */
  blocked: Refusal | null;
}

export interface MigrationsDto {
  folders: readonly string[];
  databases: readonly string[];
  folder: string | null;
  target: string | null;
  /** Null: there is no folder, or no database. */
  list: MigrationListDto | RefusedDto | null;
  mayPlan: boolean;
}

/** A folder against a target: the first of each where the address names none. */
export const loadMigrations = load(async ({ person }, asked: { folder: string | null; target: string | null }): Promise<MigrationsDto> => {
  const env = configuration();
  const folders = env.sources.migrations.map(({ name }) => `migrations/${name}`);
  const databases = env.databases.map(({ name }) => name);
  const folder = asked.folder ?? folders[0] ?? null;
  const target = asked.target ?? env.databases.find(({ environment }) => environment === 'production')?.name ?? databases[0] ?? null;
  const list = folder === null || target === null ? null : await orRefused(async () => {
    const read = await folderOnTarget(env, folder, target);
    return listDto(statusOf(read.folder, read.ledger), read.ledger, { tool: TOOL[read.folder.style], notes: read.folder.notes, target });
  });
  return { folders, databases, folder, target, list, mayPlan: createFolderPlanSpec.roles.some((role) => person.roles.includes(role)) };
});

function listDto(lines: readonly MigrationStatus[], ledger: Ledger, about: { tool: string; notes: readonly string[]; target: string }): MigrationListDto {
  const plain = ledger.tool === 'none';
  const letAll = Object.fromEntries(lines.map((line) => [line.name, 'asked below']));
  const trouble = troubleOf(lines, letAll);
  return {
    tool: about.tool,
    plain,
    notes: about.notes,
    ledger: ledgerSentence(ledger, about),
    lines: lines.map((line) => ({
      name: line.name, state: line.state, sentence: line.sentence, appliedAt: line.appliedAt,
      mayEnd: plain || (line.toolRuns && line.state !== 'edited'),
      needsReason: line.state === 'edited' || line.state === 'unknown_here',
      // A baseline is about everything before it, and one of that is not answered yet.
      marks: marksOf(line).filter((mark) => mark !== 'applied_up_to' || trouble === null),
    })),
    blocked: trouble && { code: trouble[0], sentence: trouble[1] },
  };
}

function marksOf({ state, file }: MigrationStatus): MigrationLineDto['marks'] {
  if (state === 'failed') return file ? ['rolled_back', 'applied'] : ['rolled_back'];
  if (state === 'pending') return ['applied_up_to'];
  return state === 'out_of_order' ? ['applied'] : [];
}

function ledgerSentence(ledger: Ledger, { tool, target }: { tool: string; target: string }): string {
  if (ledger.tool === 'none') return 'Plain SQL files have no ledger: choose yourself which of them are to run.';
  if (!ledger.stands) return `${target} has no ${spoken(ledger.table)}: ${tool} has applied nothing there. A plan makes the table as ${tool} does.`;
  return `Read from ${spoken(ledger.table)} of ${target}.`;
}
