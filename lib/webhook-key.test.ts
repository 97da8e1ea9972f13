import { expect, test } from 'vitest';
import { sealed, unsealed, webhookSecret, webhookSignature } from './webhook-key.ts';

const KEY = 'a key of at least thirty-two characters';

test('an address opens again for its own webhook and under its own key only, and not after a change', () => {
  const box = sealed(KEY, 'one', 'https://hooks.example.test/secret');
  expect(box).not.toContain('secret');
  expect(unsealed(KEY, 'one', box)).toBe('https://hooks.example.test/secret');
  expect(unsealed(KEY, 'two', box)).toBeNull();
  expect(unsealed(`${KEY}!`, 'one', box)).toBeNull();
  expect(unsealed(KEY, 'one', `${box.slice(0, -3)}AAA`)).toBeNull();
  expect(unsealed(KEY, 'one', '')).toBeNull();
  expect(sealed(KEY, 'one', 'x')).not.toBe(sealed(KEY, 'one', 'x'));
});

test('every webhook has a secret of its own, the same each time, and signs time and body', () => {
  expect(webhookSecret(KEY, 'one')).toBe(webhookSecret(KEY, 'one'));
  expect(webhookSecret(KEY, 'one')).not.toBe(webhookSecret(KEY, 'two'));
  const signature = webhookSignature('s', 1_700_000_000, '{}');
  expect(signature).toMatch(/^t=1700000000,v1=[0-9a-f]{64}$/);
  expect(webhookSignature('s', 1_700_000_001, '{}').slice(14)).not.toBe(signature.slice(14));
  expect(webhookSignature('s', 1_700_000_000, '{ }')).not.toBe(signature);
});
