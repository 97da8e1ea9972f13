import { spoken } from '../../planner/names.ts';
import type { RoutineBody, RowEvent, Written } from '../../sql-facts/routine-body.ts';
import { listed } from '../../words.ts';
import { waysOf } from '../fired.ts';
import type { LintRule } from '../finding.ts';
import { isLive, type Said, type Seen, statementRule } from '../seen.ts';

export const DETOURS: readonly LintRule[] = [
  statementRule('THROUGH_VIEW', 'A statement that names a view changes the rows of the table under it.', throughView),
  statementRule('RULE_REWRITES', 'A rule of the table puts other statements in the place of this one, or beside it.', ruleRewrites),
  statementRule('TRIGGER_FIRES', 'A trigger runs a function for rows that are written, also for those that a foreign key takes along or another trigger writes: it may write elsewhere, keep a row as it is, or fail.', triggerFires),
];

function throughView({ facts }: Seen): Said[] {
  return facts.through.flatMap((one) => (one.by === 'view' ? [{ severity: 'to_know' as const, object: one.view.name, table: one.onto, sentence: `${spoken(one.view)} is a view: the rows of ${spoken(one.onto)} are what changes.` }] : []));
}

function ruleRewrites({ facts }: Seen): Said[] {
  return facts.through.flatMap((one) => (one.by === 'rule' ? [{ severity: 'to_know' as const, object: one.rule, table: one.of, sentence: `The rule ${one.rule} of ${spoken(one.of)} ${one.instead ? 'runs instead of' : 'runs beside'} this statement${one.writes.length === 0 ? ', and writes nothing' : `: it ${doneWords(one.writes)}`}.` }] : []));
}

/** Each trigger once, of the tables that the statement names, of those that its keys reach, and of those that other triggers write. */
function triggerFires(seen: Seen): Said[] {
  return waysOf(seen).flatMap((one) => (one.by === 'trigger' && isLive(seen, one.of) ? [one] : [])).map((one) => ({ severity: 'to_know' as const, object: `${one.of.name}.${one.trigger}`, table: one.of, sentence: `The trigger ${one.trigger} of ${spoken(one.of)} runs ${one.routine.name}()${one.instead ? ' instead of this statement' : ''}, which ${bodyWords(one.body)}${one.instead || one.body.writes.length === 0 ? '' : '; those rows are in no number here'}.` }));
}

/** Ends of a sentence: what a function does, as far as its text says. */
export function bodyWords({ writes, unknown }: RoutineBody): string {
  if (unknown) return writes.length === 0 ? 'runs what cannot be read off its text' : `${doneWords(writes)}, and runs more than can be read off its text`;
  return writes.length === 0 ? 'writes no other table' : `${doneWords(writes)}`;
}

const WORDS: Readonly<Record<RowEvent, string>> = { INSERT: 'inserts into', UPDATE: 'updates', DELETE: 'deletes from', TRUNCATE: 'empties' };

function doneWords(writes: readonly Written[]): string {
  const by = Map.groupBy(writes, ({ event }) => event);
  return listed([...by].map(([event, some]) => `${WORDS[event]} ${listed([...new Set(some.map(({ table }) => spoken(table)))])}`));
}
