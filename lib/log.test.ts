import { afterEach, expect, test, vi } from 'vitest';
import { logSurprise, redacted } from './log.ts';

afterEach(() => vi.restoreAllMocks());

test('a surprise is one JSON line with its cause and the id that was handed out', () => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  const id = logSurprise(new Error('cannot load', { cause: new Error('the socket closed') }), 'loading a plan');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ errorId: id, doing: 'loading a plan', error: { message: 'cannot load', cause: { message: 'the socket closed' } } });
});

test('no password of a connection URL is written', () => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  logSurprise(new Error('cannot reach postgres://reader:s3cret@db:5432/prod'), 'measuring');
  expect(lines[0]).not.toContain('s3cret');
  expect(redacted('postgresql://a:b:c/d@host/x')).toBe('postgresql://a:***@host/x');
});
