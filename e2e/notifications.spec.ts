import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners } from './manners.ts';
import { signedIn } from './people.ts';

// A person chooses what they hear of; an admin sends notices on, and sees how they got there.

test('whoever is no admin chooses their mail and sees nobody’s webhooks', async ({ browser }) => {
  const operator = await signedIn(browser, 'operator');
  await operator.getByRole('button', { name: /, menu$/ }).click();
  await operator.getByRole('menuitem', { name: 'Notifications' }).click();
  await expect(operator.getByRole('heading', { name: 'Notifications', level: 1 })).toBeVisible();
  await expect(operator.getByRole('heading', { name: 'Webhooks' })).toHaveCount(0);
  const started = operator.getByRole('checkbox', { name: 'A run started' });
  await expect(started).not.toBeChecked();
  await expect(operator.getByRole('checkbox', { name: 'A phase is due' })).toBeChecked();
  await started.check();
  await operator.getByRole('button', { name: 'Save' }).click();
  await expect(operator.getByText(/^You get mail for \d+ of 21 events\.$/)).toBeVisible();
  await operator.reload();
  await expect(started).toBeChecked();
  await expectManners(operator, 'notifications of an operator');
  await operator.context().close();
});

test('a webhook is added, gets what is noticed, and gets it again by one press', async ({ browser }) => {
  const bodies: string[] = [];
  const server = createServer((request, reply) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      bodies.push(body);
      reply.writeHead(200);
      reply.end('read');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const name = `Room ${Date.now() % 100_000}`;
  const admin = await signedIn(browser, 'admin');
  try {
    await admin.goto('/notifications');
    await admin.getByRole('button', { name: 'Add a webhook' }).click();
    const dialog = admin.getByRole('dialog');
    await expectManners(admin, 'webhook form');
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('textbox', { name: 'Address' }).fill(`http://127.0.0.1:${(server.address() as AddressInfo).port}/services/secret`);
    await dialog.getByRole('combobox', { name: 'Form of the message' }).selectOption('slack');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.locator('code')).toHaveText(/^whsec_[\w-]{43}$/);
    await expectManners(admin, 'webhook secret');
    await dialog.getByRole('button', { name: 'Done' }).click();
    const line = admin.getByRole('list', { name: 'Webhooks' }).getByRole('listitem').filter({ hasText: name });
    await expect(line).toContainText('Slack to 127.0.0.1');
    await expect(admin.getByText('/services/secret')).toHaveCount(0);

    await within('countersign', (client) => client.query(`insert into notice (event, database_name, reason) values ('drift', 'bazaar_prod', '2 differences, among them: <b>')`));
    // What earlier tests did may be told meanwhile too.
    const mine = () => bodies.filter((body) => body.includes('&lt;b&gt;'));
    await expect.poll(() => mine().length).toBe(1);
    const tried = admin.getByRole('list', { name: 'Deliveries' }).getByRole('listitem').filter({ hasText: name }).filter({ hasText: 'A database changed outside every plan' });
    await expect(async () => {
      await admin.reload();
      await expect(tried.getByText('delivered')).toBeVisible({ timeout: 1_000 });
    }).toPass();
    expect(JSON.parse(mine()[0] ?? '')).toMatchObject({ text: expect.stringContaining('2 differences') });
    await expectManners(admin, 'notifications of an admin');
    await tried.getByRole('button', { name: /^Deliver again/ }).click();
    await expect.poll(() => mine().length).toBe(2);
    expect(mine()[1]).toBe(mine()[0]);
    await line.getByRole('button', { name: `Switch off ${name}` }).click();
    await expect(line).toContainText('switched off');
  } finally {
    await admin.context().close();
    server.closeAllConnections();
    server.close();
  }
});
