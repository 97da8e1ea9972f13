import { networkInterfaces } from 'node:os';
import { expect, test } from '@playwright/test';

test('health says that web, control database and worker are well', async ({ request }) => {
  const response = await request.get('/api/health');
  expect(response.status()).toBe(200);
  expect(await response.json()).toEqual({ ok: true, web: 'well', controlDatabase: 'well', worker: 'well', reasons: [] });
});

test('nothing listens outside loopback', async ({ baseURL }) => {
  const port = new URL(baseURL ?? '').port;
  const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) await expect(fetch(`http://${address}:${port}/api/health`, { signal: AbortSignal.timeout(2_000) }), address).rejects.toThrow();
});

test('the way to sign in is one by whatever name this host is asked for', async ({ playwright, baseURL }) => {
  const nobody = await playwright.request.newContext({ baseURL });
  const answer = await nobody.get('/plans/1?phase=convert&open=a', { maxRedirects: 0 });
  expect([answer.status(), answer.headers().location]).toEqual([307, '/sign-in?callbackUrl=%2Fplans%2F1%3Fphase%3Dconvert%26open%3Da']);
  await nobody.dispose();
});

test('a page runs no script but its own, which no other answer could know, and stands in nobody’s frame', async ({ page, request }) => {
  const policies = await Promise.all(['/sign-in', '/', '/nowhere'].map(async (path) => (await request.get(path)).headers()['content-security-policy'] ?? ''));
  for (const policy of policies) {
    expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic';/);
    expect(policy).not.toContain('unsafe-eval');
    expect(policy).toContain(`frame-ancestors 'none'`);
  }
  expect(new Set(policies).size).toBe(3);
  expect((await request.get('/api/health')).headers()).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin', 'content-security-policy': `default-src 'none'; frame-ancestors 'none'` });
  await page.goto('/sign-in');
  // As a text that somebody smuggled into a page would do it.
  expect(await page.evaluate(() => new Promise<string>((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective));
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.smuggled = true">');
  }))).toBe('script-src-attr');
  expect(await page.evaluate(() => 'smuggled' in window)).toBe(false);
});
