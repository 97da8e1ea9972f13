import { expect, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { expectNoRawMessage } from './raw-messages.ts';
import { become, type PersonName } from './people.ts';

/** Everything that a command could have written, apart from the log. */
export async function controlState(): Promise<Record<string, string>> {
  return within('countersign', async (client) => {
    const { rows } = await client.query<Record<string, string>>(`select
      (select md5(string_agg(t::text, '|' order by t.id)) from person t) as people,
      (select md5(string_agg(person_id || role, '|' order by person_id, role)) from person_role) as roles,
      (select md5(string_agg(t::text, '|' order by t.id)) from decision t) as decisions,
      (select md5(string_agg(t::text, '|' order by t.id)) from plan t) as plans,
      (select md5(string_agg(t.plan_id || ' ' || t.version || t.digest, '|' order by t.plan_id, t.version)) from plan_version t) as versions,
      (select md5(string_agg(t.id::text, '|' order by t.id)) from evidence t) as evidence,
      (select md5(string_agg(t::text, '|' order by t.id)) from approval t) as approvals,
      (select md5(string_agg(t::text, '|' order by t.id)) from change_request t) as change_requests,
      (select md5(string_agg(concat_ws(' ', t.id, t.cancel_requested_at), '|' order by t.id)) from run t) as runs`);
    return rows[0] ?? {};
  });
}

/** What the log says last about this kind of command, and who it says it of. */
async function lastRefusal(action: string): Promise<{ actor: string; sentence: string } | undefined> {
  return within('countersign', async (client) => {
    const { rows } = await client.query<{ actor: string; sentence: string }>(`select actor, body::jsonb #>> '{detail,refusal,sentence}' as sentence from audit_entry where action = $1 order by seq desc limit 1`, [`${action}: refused`]);
    return rows[0];
  });
}

/**
 * The form stands on the page because the right person opened it; now the wrong person sends it. Refused in this sentence on the screen,
 * logged as refused, and nothing else is written.
 */
export async function expectRefused(page: Page, as: PersonName, action: string, submit: () => Promise<unknown>, sentence: string): Promise<void> {
  const before = await controlState();
  await become(page, as);
  await submit();
  await expect(page.getByRole('alert').filter({ hasText: sentence }).first()).toBeVisible();
  await expectNoRawMessage(page);
  expect(await controlState()).toEqual(before);
  const logged = await lastRefusal(action);
  expect(logged?.actor).toContain(`<${as}@demo.test>`);
  expect(logged?.sentence).toContain(sentence);
}
