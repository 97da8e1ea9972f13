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
