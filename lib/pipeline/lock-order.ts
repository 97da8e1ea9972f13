import { qualified } from './ddl.ts';
import type { LockClaim } from './plan.ts';

/**
 * The same tables as a LOCK of several of them, in another order for every other try: a session that holds one and wants another waits for us in one order and lets us by in
 * another, and which it is depends on the application. To be sent before the LOCK itself, which then has nothing left to wait for.
 * The order of the statement, parents first as most applications write them, has every second try: the first is often lost to something else, such as a vacuum, and of the
 * orders of three tables most stop an application that writes in that one (`drill:writes` with a million rows: ten tries when each had its turn alike).
 *
 * @param sql The statement as signed. Only one of our own making is taken apart, whose tables are among `claims`; of any other the answer is null.
 * @param tries From 1; odd ones take the order of the statement: null.
 */
export function inAnotherOrder(sql: string, claims: readonly LockClaim[], tries: number): string | null {
  const [, list, mode] = /^LOCK TABLE (.+) IN ([A-Z ]+) MODE$/.exec(sql) ?? [];
  if (list === undefined || tries % 2 === 1) return null;
  const tables = claims.map(({ table }) => qualified(table)).filter((name, i, all) => all.indexOf(name) === i);
  const named = tables.filter((name) => `, ${list}, `.includes(`, ${name}, `)).sort((a, b) => `, ${list}, `.indexOf(`, ${a}, `) - `, ${list}, `.indexOf(`, ${b}, `));
  if (named.length < 2 || named.join(', ') !== list) return null;
  const others = orders(named).filter((order) => order !== list);
  return `LOCK TABLE ${others[(tries / 2 - 1) % others.length]} IN ${mode} MODE`;
}

/** Each table is first once, with the others behind it as they were and the other way round. The second order is the first one backwards. */
function orders(tables: readonly string[]): string[] {
  return [...new Set(tables.flatMap((_, first) => {
    const turned = [...tables.slice(first), ...tables.slice(0, first)];
    return [turned.join(', '), turned.toReversed().join(', ')];
  }))];
}
