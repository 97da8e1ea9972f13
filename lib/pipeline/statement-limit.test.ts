import { expect, test } from 'vitest';
import type { LockMode } from './hazards.ts';
import { BLOCKING_STATEMENT_MS, QUIET_STATEMENT_MS, statementLimitMs } from './statement-limit.ts';

const claim = (mode: LockMode) => ({ mode, table: { schema: 'public', name: 'export' } });

test('a statement behind which somebody may wait is broken off after a quarter of an hour, one behind which nobody waits may take a day', () => {
  const limits = (['ACCESS SHARE', 'SHARE UPDATE EXCLUSIVE', 'ROW EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const).map((mode) => statementLimitMs({ editable: false }, [claim('ACCESS SHARE'), claim(mode)]));
  expect(limits).toEqual([QUIET_STATEMENT_MS, QUIET_STATEMENT_MS, BLOCKING_STATEMENT_MS, BLOCKING_STATEMENT_MS, BLOCKING_STATEMENT_MS, BLOCKING_STATEMENT_MS]);
});

test('what a person wrote without a lock that is known may block anybody; what Countersign wrote without one works on tables of its own', () => {
  expect([statementLimitMs({ editable: true }, []), statementLimitMs({ editable: false }, [])]).toEqual([BLOCKING_STATEMENT_MS, QUIET_STATEMENT_MS]);
});
