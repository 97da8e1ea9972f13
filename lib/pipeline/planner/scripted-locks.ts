import { LOCK_MODES, type LockMode } from '../hazards.ts';
import type { LockClaim, TableName } from '../plan.ts';
import type { Script } from '../script/script.ts';
import type { Scripted } from '../script/side.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';

const WEAK: readonly { test: RegExp; mode: LockMode | null }[] = [
  { test: /^CREATE (UNIQUE )?INDEX /, mode: 'SHARE' },
  { test: /^(CREATE (CONSTRAINT )?TRIGGER|ALTER TABLE \S+ ADD CONSTRAINT .* FOREIGN KEY) /, mode: 'SHARE ROW EXCLUSIVE' },
  { test: /^(COMMENT ON|CREATE STATISTICS|ALTER TABLE (ONLY )?\S+ ALTER COLUMN \S+ SET STATISTICS) /, mode: 'SHARE UPDATE EXCLUSIVE' },
  { test: /^(GRANT|REVOKE|ALTER DEFAULT|CREATE PUBLICATION|ALTER PUBLICATION|DROP PUBLICATION) /, mode: null },
];
const RELATIONS = new Set(['table', 'foreign_table', 'view', 'materialized_view', 'sequence']);

/** Of relations that are there before the statements run. */
export function locksOf(state: Required<Scripted>, script: Script): LockClaim[] {
  const byId = new Map(state.objects.map((object) => [object.id, object]));
  const claims = new Map<string, LockClaim>();
  // A table that is set aside goes with its partitions.
  const aside = script.anew.flatMap((one) => one.aside).map((objectId) => ({ objectId, sql: 'ALTER TABLE' }));
  for (const { objectId, sql } of [...script.steps.flatMap((step) => step.statements), ...aside]) {
    const weak = WEAK.find(({ test }) => test.test(sql));
    const mode = weak === undefined ? 'ACCESS EXCLUSIVE' : weak.mode;
    const table = mode === null ? null : relationOf(byId, objectId);
    if (mode === null || !table) continue;
    const key = `${table.schema}.${table.name}`;
    const before = claims.get(key)?.mode;
    if (before === undefined || isStronger(mode, before)) claims.set(key, { mode, table });
  }
  return [...claims.values()];
}

function isStronger(mode: LockMode, than: LockMode): boolean {
  return LOCK_MODES.indexOf(mode) > LOCK_MODES.indexOf(than);
}

function relationOf(byId: ReadonlyMap<string, SchemaObject>, id: string): TableName | null {
  const object = byId.get(id);
  const relation = object && RELATIONS.has(object.kind) ? object : byId.get(object?.parent ?? parentOf(id));
  return relation && RELATIONS.has(relation.kind) ? { schema: relation.schema, name: relation.name } : null;
}

/** A new column or trigger is not there yet, but its table is. */
function parentOf(id: string): string {
  const { path } = parseObjectId(id);
  return path.length === 3 ? `table:${id.slice(id.indexOf(':') + 1, id.length - (path[2] ?? '').length - 1)}` : '';
}
