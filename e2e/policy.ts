import { expect, type BrowserContext, type Page } from '@playwright/test';

/** Remembers in each page of the context what its content policy (proxy.ts) did not let run or load. */
export async function watchPolicy(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const broken: string[] = [];
    (window as unknown as Watched).broken = broken;
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => broken.push(`${violatedDirective}: ${blockedURI} in ${sourceFile}`));
  });
}

interface Watched {
  broken?: string[];
}

/** The page asks for nothing that its own policy forbids: it would be a button that does nothing. */
export async function expectPolicyKept(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as unknown as Watched).broken ?? []), `what the content policy of ${page.url()} forbade`).toEqual([]);
}
