import { describe, expect, test } from 'vitest';
import { safePath, signInProblem } from './problem.ts';

describe('safePath', () => {
  test('keeps a path of this site with its query', () => {
    expect(safePath('/plans/1?phase=convert')).toBe('/plans/1?phase=convert');
    expect(safePath('http://localhost:3000/log?actor=a')).toBe('/log?actor=a');
  });
  test('never leads to another site', () => {
    expect(['//evil.test', '/\\evil.test', 'https://evil.test//evil.test/x', 'javascript:alert(1)//', ''].map(safePath).every((path) => path.startsWith('/') && !path.startsWith('//'))).toBe(true);
  });
  test('does not lead back to the sign-in page', () => {
    expect(safePath('/sign-in?error=x')).toBe('/');
  });
});

describe('signInProblem', () => {
  test('a wrong password does not say which of the two was wrong', () => {
    expect(signInProblem('CredentialsSignin').sentence).toContain('e-mail address or the password is wrong');
  });
  test('a surprise shows its id and nothing else', () => {
    expect(signInProblem('surprise-ab12')).toMatchObject({ errorId: 'ab12' });
    expect(signInProblem('<script>').sentence).toBe('Signing in did not work. Try again.');
  });
});
