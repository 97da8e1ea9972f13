import { expect, test } from 'vitest';
import { predicateOf } from './table-index.ts';

test('the condition of a partial index begins behind the first WHERE outside of brackets, strings and quoted names', () => {
  const begin = 'CREATE INDEX i ON public.t USING btree ';
  expect(predicateOf(`${begin}(a)`)).toBeNull();
  expect(predicateOf(`${begin}(a) WHERE (b > 0)`)).toBe('(b > 0)');
  expect(predicateOf(`${begin}(f(' WHERE '::text)) WHERE (b = ' WHERE '::text)`)).toBe(`(b = ' WHERE '::text)`);
  expect(predicateOf(`${begin}(f('it''s ) WHERE '::text)) INCLUDE (" WHERE ") WITH (fillfactor='70') WHERE \nCASE\n    WHEN a THEN true\nEND`)).toBe('\nCASE\n    WHEN a THEN true\nEND');
});
