import { spoken } from '../../planner/names.ts';
import type { TableName } from '../../plan.ts';
import { textAt } from '../../sql-facts/tree.ts';
import { identityOf, isBackedUp } from '../backups.ts';
import type { LintRule, LintScene, TeamRule } from '../finding.ts';
import { actionsOf, isEmpty, isLive, type Said, type Seen, seenIn, statementRule } from '../seen.ts';
import { columnConstraints } from '../../sql-facts/columns.ts';
import { columnAdded } from './constraints.ts';

/** What a team has agreed on, whatever the server would allow; on only where policy says so. */
export const TEAM: readonly LintRule[] = [
  teamRule('no_alter_existing', 'TEAM_ALTERS_EXISTING', 'Where the team has agreed on it: tables that are in use are not altered or renamed.', altersExisting),
  teamRule('backup_first', 'TEAM_NO_BACKUP', 'Where the team has agreed on it: before a table that is in use is changed, a step keeps a copy of it.', withoutBackup),
  teamRule('nullable_first', 'TEAM_NOT_NULLABLE_FIRST', 'Where the team has agreed on it: new columns of tables in use come nullable, and become NOT NULL later.', notNullableFirst),
];

function teamRule(rule: TeamRule, code: string, about: string, say: (seen: Seen) => Said | readonly Said[] | null): LintRule {
  const looks = statementRule(code, about, say);
  return { ...looks, look: (scene) => (scene.facts.teamRules.includes(rule) ? looks.look(scene) : []) };
}

const ALTERS = new Set(['AlterTableStmt', 'RenameStmt', 'AlterObjectSchemaStmt']);

function altersExisting(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const [table] = seen.facts.tables;
  const ofTable = kind === 'AlterTableStmt' ? node.objtype === 'OBJECT_TABLE' : ['OBJECT_TABLE', 'OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT'].includes(String(node.renameType ?? node.objectType));
  if (!ALTERS.has(kind) || !ofTable || !table) return null;
  if (!isLive(seen, table)) {
    const others = seen.facts.locks.filter((lock) => lock.table.name !== table.name && isLive(seen, lock.table));
    if (others.length === 0 && !isFirstAlter(seen, table)) return null;
    const locks = others.map((lock) => ` It locks ${spoken(lock.table)} (${lock.mode}) for a moment.`).join('');
    return { severity: 'to_know', object: table.name, table, sentence: `This is an ALTER TABLE of ${spoken(table)}, which the plan itself makes: the team’s rule is about tables that are in use.${locks}` };
  }
  return { severity: 'blocking', object: table.name, table, sentence: `The team does not alter tables that are in use, and this step alters ${spoken(table)}.` };
}

const ALTERED = new WeakMap<LintScene, Map<string, Seen>>();

/** Statements are asked about in their order: once for a table is enough to say. */
function isFirstAlter(seen: Seen, table: TableName): boolean {
  const altered = ALTERED.get(seen.scene) ?? new Map<string, Seen>();
  ALTERED.set(seen.scene, altered);
  const id = identityOf(seen, table);
  const first = altered.get(id) ?? seen;
  altered.set(id, first);
  return first === seen;
}

/** One finding for a table: at the first statement that changes it. */
function withoutBackup(seen: Seen): Said[] {
  return changedFirst(seen.scene).get(seen)?.filter((table) => !isBackedUp(seen, table)).map((table) => ({ severity: 'blocking', object: table.name, table, sentence: `The team keeps a copy before it changes a table, and no step before this one keeps one of ${spoken(table)}.` })) ?? [];
}

const CHANGED_FIRST = new WeakMap<LintScene, ReadonlyMap<Seen, readonly TableName[]>>();

function changedFirst(scene: LintScene): ReadonlyMap<Seen, readonly TableName[]> {
  const known = CHANGED_FIRST.get(scene);
  if (known) return known;
  const met = new Set<string>();
  const first = new Map<Seen, readonly TableName[]>();
  for (const seen of seenIn(scene)) {
    const changed = seen.facts.locks.filter(({ mode, table }) => CHANGING.has(mode) && isLive(seen, table) && !isEmpty(seen, table)).map(({ table }) => table);
    const fresh = changed.filter((table) => !met.has(identityOf(seen, table)));
    for (const table of fresh) met.add(identityOf(seen, table));
    if (fresh.length > 0) first.set(seen, fresh);
  }
  CHANGED_FIRST.set(scene, first);
  return first;
}

/** Locks of statements that change rows or the table itself; SHARE and SHARE ROW EXCLUSIVE build indexes and refer to it. */
const CHANGING: ReadonlySet<string> = new Set(['ROW EXCLUSIVE', 'ACCESS EXCLUSIVE']);

function notNullableFirst(seen: Seen): Said[] {
  const [table] = seen.facts.tables;
  if (!table || !isLive(seen, table)) return [];
  return actionsOf(seen).flatMap((action) => {
    const column = columnAdded(action);
    if (!column || !columnConstraints(column).notNull) return [];
    const name = textAt(column, 'colname') ?? '';
    return [{ severity: 'blocking' as const, object: `${table.name}.${name}`, table, sentence: `New columns come nullable first, and ${spoken(table)}.${name} comes NOT NULL.` }];
  });
}
