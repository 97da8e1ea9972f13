import { listed } from '../words.ts';
import type { Conversion } from './convert-sql.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { columnsOf, list, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';
import { type MendedOrphans, mendOrphans } from './orphans.ts';
import { typeBefore } from './rebuild-feeds.ts';

/**
 * The steps before new tables are built beside the live ones: rows without a parent leave the live tables, or get another reference there, while the application
 * works. A rebuild beside could not leave them out by itself: whatever the live table holds is kept in step. No key stands yet that would keep new ones away,
 * because the columns do not have its types: so the swap asks again. Refuses what mendOrphans refuses.
 */
export function mendedBeside(bench: Workbench, tables: readonly Conversion[]): MendedOrphans {
  return mendOrphans(bench, tables.flatMap((one) => keysNow(bench, one)), []);
}

/** Foreign keys as they will be, with the types that their columns have until then. */
function keysNow(bench: Workbench, one: Conversion): ForeignKey[] {
  return one.foreignKeys.map((key) => {
    const parents = columnsOf(bench.currentFamily.get(key.parentId) ?? []);
    const now = key.spec.columns.map((name, i) => {
      const [column, parent] = [one.columns.find((each) => each.name === name), parents.find((each) => each.name === key.spec.parentColumns[i])];
      const type = key.spec.types[i] ?? 'text';
      return { child: column ? typeBefore(one, column) : type, parent: parent ? (text(parent, 'type') ?? type) : type };
    });
    return { ...key, now };
  });
}

/** Why rows without a parent cannot be mended in the live tables as it was decided; null when they can. Rows that stop the conversion are nobody's to mend. */
export function mendObstacle(bench: Workbench, tables: readonly Conversion[]): string | null {
  const decisions = bench.input.orphanDecisions ?? {};
  const keys = tables.flatMap((one) => one.foreignKeys.map((key) => ({ one, key, verdict: decisions[key.spec.id]?.verdict ?? 'stop' }))).filter(({ verdict }) => verdict !== 'stop');
  for (const { one, key, verdict } of keys) {
    if (!bench.current.has(key.parentId)) return `orphans of ${key.spec.id} are to be mended, and ${spoken(key.spec.parent)} is not there yet`;
    const held = verdict === 'set_null' ? key.spec.columns.filter((name) => one.before.get(name)?.attributes.nullable !== true) : [];
    if (held.length > 0) return `${listed(held.map((name) => `${spoken(one.live)}.${name}`))} is to become null where the parent is missing, and until the new table is there it must have a value`;
  }
  const losing = new Set(keys.filter(({ verdict }) => verdict === 'delete').map(({ one }) => one.id));
  return standingObstacle(bench, tables, losing);
}

/** A key of today that points at rows which go, and of which nobody is asked: it would refuse that they go, or take others along. */
function standingObstacle(bench: Workbench, tables: readonly Conversion[], losing: ReadonlySet<string>): string | null {
  const asked = new Set(tables.flatMap((one) => one.foreignKeys.map((key) => sides(one.id, key.parentId, key.spec.columns, key.spec.parentColumns))));
  const standing = [...bench.current.values()].find((object) => {
    const parent = object.kind === 'constraint' ? (text(object, 'references') ?? '') : '';
    return losing.has(parent) && !asked.has(sides(object.parent ?? '', parent, list(object, 'columns'), list(object, 'referencedColumns')));
  });
  const child = standing && bench.current.get(standing.parent ?? '');
  return child ? `${standing.name} of ${spoken(tableName(child))} points at rows that are to be taken out, and what becomes of the rows behind it was not asked: drop it in a plan of its own first` : null;
}

function sides(...key: readonly (string | readonly string[])[]): string {
  return JSON.stringify(key);
}
