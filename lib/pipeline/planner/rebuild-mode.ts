import { listed } from '../words.ts';
import { publishedAs } from './carried-parts.ts';
import { restingOn } from './carried-views.ts';
import { columnsObstacle, heldByNumber } from './columns-obstacle.ts';
import { fixedIdentity } from './carried-sequences.ts';
import { splitResting } from './carried-filled.ts';
import type { Conversion } from './convert-sql.ts';
import type { Workbench } from './input.ts';
import { spoken } from './names.ts';
import { pauseOf, spokenSeconds } from './pause.ts';
import { sameColumns } from './rebuild.ts';
import { isText, typeAfter, typeBefore } from './rebuild-feeds.ts';
import { mendObstacle } from './rebuild-orphans.ts';

/** How a group of tables is converted, with the reason for a person. */
export interface RebuildMode {
  mode: 'one transaction' | 'beside';
  reason: string;
}

/**
 * In one transaction while its estimated pause fits the budget, else beside the live tables, unless the group has something that could not be
 * kept in step. Estimates come from the planner's statistics, where no rehearsal has measured the pause; a table that was never analysed is judged by its size. Tables in a `circle` go beside however small they are:
 * under one lock the old ones would keep their keys, and none of them could be dropped before the others. One transaction is then no mode but the reason of a refusal.
 */
export function rebuildMode(bench: Workbench, tables: readonly Conversion[], circle: boolean): RebuildMode {
  const names = listed(tables.map((one) => spoken(one.live)));
  if (circle) {
    const obstacle = obstacleOf(bench, tables);
    return obstacle === null
      ? { mode: 'beside', reason: `The foreign keys among ${names} form a circle, so the new tables are filled beside the live ones, where no key holds one table to the other.` }
      : { mode: 'one transaction', reason: `The foreign keys among ${names} form a circle, and this version converts such tables beside the live ones only, which it cannot here, because ${obstacle}.` };
  }
  const { seconds, rehearsed } = pauseOf(bench, tables.map((one) => one.id));
  const budget = bench.input.writePauseSeconds ?? null;
  if (budget === null) return { mode: 'one transaction', reason: '' };
  if (seconds <= budget) return { mode: 'one transaction', reason: `${rehearsed ? 'Rehearsed' : 'Estimated'} pause for writers: ${spokenSeconds(seconds)}, within the ${budget} s that a pause may take, so it is done in one transaction.` };
  const obstacle = obstacleOf(bench, tables);
  if (obstacle) return { mode: 'one transaction', reason: `In one transaction the pause for writers ${rehearsed ? 'was rehearsed with' : 'is estimated at'} ${spokenSeconds(seconds)}, over the ${budget} s that it may take; it is planned so nevertheless, because ${obstacle}.` };
  return { mode: 'beside', reason: `In one transaction ${names} ${rehearsed ? 'blocked writers in a rehearsal for' : 'would block writers for an estimated'} ${spokenSeconds(seconds)}, over the ${budget} s that a pause may take, so the new tables are filled beside the live ones.` };
}

/** So many views, policies, rules and publications are more to make anew in a swap than a column is to write. */
const MANY = 8;

/** Whether the columns change places inside their table, with the reason for it, or what is to be said of the others' reasons; null: nobody would think of it. */
export function columnsMode(bench: Workbench, tables: readonly Conversion[]): { chosen: boolean; reason: string } | null {
  const held = [...new Set(tables.flatMap((one) => heldByNumber(bench, one, tables)))];
  const dependents = dependentsCount(bench, tables);
  const { seconds, rehearsed } = pauseOf(bench, tables.map((one) => one.id));
  const budget = bench.input.writePauseSeconds ?? null;
  const asked = bench.input.keepTables === true;
  if (!asked && held.length === 0 && (dependents < MANY || budget === null || seconds <= budget)) return null;
  const name = listed(tables.map((one) => spoken(one.live)));
  const obstacle = columnsObstacle(bench, tables);
  if (obstacle !== null) return { chosen: false, reason: `A new column cannot take the place of the old one inside ${name} instead, because ${obstacle}.` };
  const stays = 'The table stays and a new column takes the place of the old one inside it';
  if (held.length > 0) return { chosen: true, reason: `${stays}, because ${listed(held)} ${held.length === 1 ? 'knows' : 'know'} ${name} by its number and would stay with the old table if it were made anew.` };
  if (asked) return { chosen: true, reason: `${stays}: that was asked for when the plan was made.` };
  return { chosen: true, reason: `In one transaction ${name} ${rehearsed ? 'blocked writers in a rehearsal for' : 'would block writers for an estimated'} ${spokenSeconds(seconds)}, over the ${budget ?? 0} s that a pause may take, and ${dependents} views, policies, rules and publications depend on it: the table stays with all of them, and a new column takes the place of the old one inside it.` };
}

function dependentsCount(bench: Workbench, tables: readonly Conversion[]): number {
  const { views, elsewhere } = restingOn(bench, tables);
  return views.length + elsewhere.length + tables.reduce((sum, one) => sum + one.beforeFamily.filter((part) => part.kind === 'policy' || part.kind === 'rule').length + publishedAs(bench, one).length, 0);
}

/** Why the group cannot be kept in step both ways; null when it can. */
function obstacleOf(bench: Workbench, tables: readonly Conversion[]): string | null {
  const { obstacle: reader } = splitResting(bench, tables);
  if (reader !== null) return reader;
  const rows = mendObstacle(bench, tables);
  if (rows !== null) return rows;
  for (const one of tables) {
    const obstacle = tableObstacle(one);
    if (obstacle) return obstacle;
  }
  return null;
}

function tableObstacle(one: Conversion): string | null {
  const name = spoken(one.live);
  if (!sameColumns(one)) return `${name} gets or loses a column in the same plan, whose values could not go back: plan that apart`;
  for (const column of one.columns) {
    const [from, to] = [typeBefore(one, column), typeAfter(column)];
    if (one.key.includes(column.name) && from !== to && !isText(from) && !(isInteger(from) && isInteger(to))) return `the key ${name}.${column.name} would go from ${from} to ${to}, and two keys could become one`;
  }
  return fixedIdentity(one);
}

function isInteger(type: string): boolean {
  return ['smallint', 'integer', 'bigint'].includes(type);
}
