import { afterEach, expect, test, vi } from 'vitest';
import { answerTo } from './sent.ts';

afterEach(() => vi.unstubAllGlobals());

const said = async (error: Error, onLine = true): Promise<string | undefined> => {
  vi.stubGlobal('navigator', { onLine });
  const answer = await answerTo(Promise.reject(error));
  return answer.status === 'unanswered' ? answer.sentence : undefined;
};

test('a press that nothing answered is told where it was pressed, by what is known of it', async () => {
  expect(await said(new TypeError('Failed to fetch'))).toMatch(/^Countersign did not answer, and nobody knows/);
  expect(await said(new TypeError('Failed to fetch'), false)).toMatch(/^This device has no network, and nothing was sent/);
  expect(await said(Object.assign(new Error('not found on the server'), { name: 'UnrecognizedActionError' }))).toMatch(/^This page is of an earlier version of Countersign, and nothing was done/);
});

test('what the server says is passed on, and what it throws is thrown', async () => {
  expect(await answerTo(Promise.resolve({ status: 'done', sentence: 'Signed.' }))).toEqual({ status: 'done', sentence: 'Signed.' });
  const thrown = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/sign-in;307;' });
  await expect(answerTo(Promise.reject(thrown))).rejects.toBe(thrown);
});
