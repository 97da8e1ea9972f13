import { expect, test } from 'vitest';
import { holdsLess } from './changed-values.ts';

test.each([
  ['numeric', 'integer'], ['numeric(10,2)', 'bigint'], ['numeric(10,2)', 'numeric(10,1)'], ['numeric', 'numeric(10,2)'], ['double precision', 'integer'], ['double precision', 'real'], ['bigint', 'double precision'], ['integer', 'real'],
  ['timestamp without time zone', 'date'], ['timestamp with time zone', 'date'], ['timestamp with time zone', 'timestamp(0) with time zone'],
])('%s to %s holds less, and says nothing when it rounds', (from, to) => expect(holdsLess(from, to)).toBe(true));

test.each([
  ['numeric(10,0)', 'integer'], ['numeric(10,1)', 'numeric(10,2)'], ['numeric(10,2)', 'numeric'], ['integer', 'bigint'], ['integer', 'double precision'], ['real', 'double precision'], ['bigint', 'integer'],
  ['date', 'timestamp without time zone'], ['timestamp without time zone', 'timestamp with time zone'], ['text', 'uuid'], ['text', 'integer'], ['character varying(9)', 'text'],
])('%s to %s fails or keeps what it holds', (from, to) => expect(holdsLess(from, to)).toBe(false));
