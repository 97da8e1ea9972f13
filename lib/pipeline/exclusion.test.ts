import { expect, test } from 'vitest';
import { exclusionParts } from './exclusion.ts';

test('elements, operators and the condition of an exclusion constraint are read from the server’s text', () => {
  expect(exclusionParts(`EXCLUDE USING gist ("a, b" WITH =, during WITH &&) WHERE ((NOT off)) DEFERRABLE INITIALLY DEFERRED`)).toEqual({ by: [{ sql: '"a, b"', operator: '=' }, { sql: 'during', operator: '&&' }], where: '((NOT off))' });
  expect(exclusionParts(`EXCLUDE USING gist (int4range(a, b, '[)'::text) WITH &&, ((c || ')'::text)) WITH OPERATOR(public.===))`)).toEqual({ by: [{ sql: `int4range(a, b, '[)'::text)`, operator: '&&' }, { sql: `((c || ')'::text))`, operator: 'OPERATOR(public.===)' }], where: null });
});

test('an element with a collation or an operator class is not taken for an expression', () => {
  for (const element of ['c COLLATE "C" WITH =', 'c gist_text_ops WITH =', '(c || d) public.own_ops WITH &&']) expect(exclusionParts(`EXCLUDE USING gist (${element})`), element).toBeNull();
  expect(exclusionParts('UNIQUE (a)')).toBeNull();
});
