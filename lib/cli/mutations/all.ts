import { ACCESS_MUTATIONS } from './access.ts';
import { COLUMN_MUTATIONS } from './columns.ts';
import type { Ground } from './ground.ts';
import { KEY_MUTATIONS } from './keys.ts';
import type { Mutation } from './mutation.ts';
import { ROUTINE_MUTATIONS } from './routines.ts';
import { TABLE_MUTATIONS } from './tables.ts';
import { TYPE_MUTATIONS } from './types.ts';
import { VIEW_MUTATIONS } from './views.ts';

const FAMILIES: readonly (readonly Mutation[])[] = [TABLE_MUTATIONS, COLUMN_MUTATIONS, COLUMN_MUTATIONS, KEY_MUTATIONS, VIEW_MUTATIONS, ROUTINE_MUTATIONS, TYPE_MUTATIONS, ACCESS_MUTATIONS];

/** Share of the statements that take something away which are not run: they take along what others have made. */
const SPARED = 0.6;

/** Statements for one change by chance; null when the one chosen has nothing to change. */
export function mutationOf(ground: Ground): string | null {
  const statement = ground.chance.one(ground.chance.one(FAMILIES) ?? [])?.(ground) ?? null;
  return statement !== null && /^DROP |DROP .* CASCADE/.test(statement) && ground.chance.often(SPARED) ? null : statement;
}
