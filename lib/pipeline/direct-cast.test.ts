import { expect, test } from 'vitest';
import { castsDirectly } from './direct-cast.ts';

test.each([
  ['integer', 'bigint'], ['numeric(12,2)', 'integer'], ['uuid', 'text'], ['character varying(10)', 'integer[]'], ['text[]', 'uuid[]'], ['integer[]', 'bigint[]'], ['timestamp(3) with time zone', 'date'], ['public.mood', 'public.mood'], ['interval day', 'interval'],
])('%s goes to %s in one cast', (from, to) => expect(castsDirectly(from, to)).toBe(true));

test.each([['integer', 'uuid'], ['boolean', 'numeric'], ['integer', 'integer[]'], ['uuid[]', 'integer[]'], ['public.mood', 'text'], ['integer', 'public.mood'], ['date', 'time without time zone']])('%s goes to %s only through text', (from, to) => expect(castsDirectly(from, to)).toBe(false));
