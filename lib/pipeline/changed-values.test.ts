import { expect, test } from 'vitest';
import { holdsLess, silentChange } from './changed-values.ts';

test.each([
  ['numeric', 'integer'], ['numeric(10,2)', 'bigint'], ['numeric(10,2)', 'numeric(10,1)'], ['numeric', 'numeric(10,2)'], ['double precision', 'integer'], ['double precision', 'real'], ['bigint', 'double precision'], ['integer', 'real'],
  ['timestamp without time zone', 'date'], ['timestamp with time zone', 'date'], ['timestamp with time zone', 'timestamp(0) with time zone'],
])('%s to %s holds less, and says nothing when it rounds', (from, to) => expect(holdsLess(from, to)).toBe(true));

test.each([
  ['numeric(10,0)', 'integer'], ['numeric(10,1)', 'numeric(10,2)'], ['numeric(10,2)', 'numeric'], ['integer', 'bigint'], ['integer', 'double precision'], ['real', 'double precision'], ['bigint', 'integer'],
  ['date', 'timestamp without time zone'], ['timestamp without time zone', 'timestamp with time zone'], ['text', 'uuid'], ['text', 'integer'], ['character varying(9)', 'text'],
])('%s to %s fails or keeps what it holds', (from, to) => expect(holdsLess(from, to)).toBe(false));

test.each([['interval', 'time without time zone'], ['inet', 'cidr'], ['json', 'jsonb'], ['time without time zone', 'time(0) without time zone'], ['numeric(9,2)', 'integer'], ['polygon', 'box']])('%s to %s drops a part in silence', (from, to) => expect(silentChange(from, to)).toContain('holds less'));

test.each([['timestamp without time zone', 'timestamp with time zone'], ['timestamp with time zone', 'timestamp without time zone'], ['date', 'timestamp with time zone']])('%s to %s is read in the time zone of the session', (from, to) => expect(silentChange(from, to)).toContain('UTC in a run'));

test.each([['date', 'timestamp without time zone'], ['integer', 'bigint'], ['jsonb', 'json'], ['cidr', 'inet'], ['text', 'integer'], ['timestamp(0) with time zone', 'timestamp with time zone'], ['numeric(9,2)[]', 'text']])('%s to %s changes nothing in silence', (from, to) => expect(silentChange(from, to)).toBeNull());
