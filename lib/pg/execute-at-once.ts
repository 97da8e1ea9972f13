import type { Step } from '#lib/pipeline/plan.ts';
import { send } from './execute-frame.ts';
import type { StepContext } from './execute-kind.ts';
import type { RunSession } from './execute-session.ts';

/** For so long a moment is looked for in which nobody holds any of the tables, before each try that stands in line. */
const LOOKING_MS = 500;

const WHOLE_LOCK = /^LOCK TABLE [^;$]+ IN [A-Z ]+ MODE$/;
const VIEW_ASIDE = /^ALTER (MATERIALIZED )?VIEW \S+ SET SCHEMA /;

/**
 * The LOCKs with which a step begins, all of them in one moment or none, without standing in anybody's way. Whoever waits for the first of several tables with that one
 * in the hand meets, under writers who take them in another order, always somebody who holds the second and waits for the first: no length of waiting gets
 * both. In a moment in which no transaction holds any of them they can be had together. Where there was none, nothing is locked and the step stands in
 * line as it says. Lock: those of the step's own LOCK statements, NOWAIT; what fails inside is caught on the server and in no log.
 */
export async function lockAtOnce(session: RunSession, step: Pick<Step, 'statements'>, limits: StepContext['limits']): Promise<void> {
  const locks = locksAtOnce(step);
  if (locks.length === 0) return;
  await send(session, { text: atOnceSql(locks), rowMode: 'array' }, limits);
}

/** Empty where a step begins with something else, or locks one table alone, for which standing in line is enough. */
export function locksAtOnce({ statements }: Pick<Step, 'statements'>): string[] {
  const first = statements.findIndex(({ sql }) => !VIEW_ASIDE.test(sql));
  const behind = statements.slice(Math.max(0, first));
  const end = behind.findIndex(({ sql }) => !WHOLE_LOCK.test(sql));
  const locks = behind.slice(0, end < 0 ? behind.length : end).map(({ sql }) => sql);
  const several = locks.length > 1 || first > 0 || (locks[0] ?? '').includes(', ');
  return several ? locks : [];
}

function atOnceSql(locks: readonly string[]): string {
  return [
    'DO $once$',
    `DECLARE ends timestamptz := pg_catalog.clock_timestamp() + interval '${LOOKING_MS} ms';`,
    'BEGIN',
    '  LOOP',
    '    BEGIN',
    ...locks.map((sql) => `      ${sql} NOWAIT;`),
    '      RETURN;',
    '    EXCEPTION',
    '      WHEN lock_not_available THEN IF pg_catalog.clock_timestamp() > ends THEN RETURN; END IF;',
    '      -- Each look at ACCESS EXCLUSIVE uses up a number of a transaction, and what it had for an instant stood in the way: some hundred looks, not tens of thousands.',
    '      PERFORM pg_catalog.pg_sleep(0.002);',
    '      -- Told by the statement itself, when it is sent.',
    '      WHEN OTHERS THEN RETURN;',
    '    END;',
    '  END LOOP;',
    'END $once$',
  ].join('\n');
}
