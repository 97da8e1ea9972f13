import { expect, type Page } from '@playwright/test';

// What Postgres, the driver and Node say when something goes wrong. People get our sentences; this text may hold rows and secrets.
const RAW = [
  /E(CONN|PIPE|NOTFOUND|AI_AGAIN|TIMEDOUT)/,
  /password authentication failed|is not permitted to log in|not currently accepting connections|too many connections/i,
  /(relation|column|database|role|schema|table|type|constraint) "[^"]*" (does not|already|of relation)/i,
  /terminating connection|Connection terminated|canceling statement|cannot execute|read-only transaction/i,
  /current transaction is aborted|violates (foreign key|unique|check|not-null)|syntax error at/i,
  /\bat .{1,80} \((file:|\/|node:)|node_modules|\bDatabaseError\b|\bError: /,
  /postgres(ql)?:\/\//,
];

/** Nothing on the page is a raw message, a stack or a connection string. */
export async function expectNoRawMessage(page: Page): Promise<void> {
  const text = await page.locator('body').innerText();
  for (const pattern of RAW) expect(text, `the page at ${page.url()}`).not.toMatch(pattern);
}
