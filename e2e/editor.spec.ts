import { expect, test, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { expectManners } from './manners.ts';
import { WHY } from '../lib/pipeline/unknowns.ts';
import { signedIn } from './people.ts';
import { approve, measure, start } from './story.ts';

/** What a click in the list of a step's rarer tools leads to. */
async function choose(page: Page, step: number, item: string): Promise<void> {
  await page.getByRole('button', { name: `More for step ${step}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('a plan is written by hand: an error is marked at its line and mended, a step is split and moved, and the version says what changed', async ({ browser }) => {
  const page = await signedIn(browser, 'author');
  await page.goto('/plans/new');
  await page.getByRole('textbox', { name: 'Plan name' }).fill('Two tables by hand');
  await page.getByRole('button', { name: 'Begin an empty plan' }).click();
  await expect(page.getByRole('heading', { name: 'Two tables by hand', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Add the first step…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox', { name: 'Title' }).fill('Both tables');
  await expect(sheet.locator('.cm-content').first()).toBeVisible();
  const sql = sheet.getByRole('textbox', { name: 'SQL', exact: true });
  // Letters of several bytes stand before the mistake.
  await sql.fill('CREATE TABLE public.hand_one (größe int PRIMARY KEY);\nCREATE TABEL public.hand_two (id int);');
  await expect(sheet.getByText('Line 2, column 8: syntax error at or near "TABEL".')).toBeVisible();
  await expect(sheet.locator('.cm-lintRange-error')).toHaveText('TABEL');
  await expectManners(page, 'editor with an error');
  await sql.fill('CREATE TABLE public.hand_one (größe int PRIMARY KEY);\nCREATE TABLE public.hand_two (id int);');
  await expect(sheet.locator('.cm-lintRange-error')).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Put the undo that follows from the SQL' }).click();
  await expect(sheet.getByRole('textbox', { name: 'Undo', exact: true })).toContainText('DROP TABLE public.hand_two');
  // Tab leaves the editor, and the keys that save are pressed in it.
  await page.keyboard.press('Tab');
  await expect(sheet.getByRole('button', { name: 'Add the step' })).toBeFocused();
  await sql.click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(sheet).toBeHidden();

  await choose(page, 1, 'Split in two…');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Title of the second part' }).fill('The second table');
  await page.getByRole('dialog').getByRole('button', { name: 'Split', exact: true }).click();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Both tables', 'The second table']);
  await choose(page, 2, 'Move up');
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['The second table', 'Both tables']);
  await page.getByRole('button', { name: 'Undo · 1 statement' }).first().click();
  await expect(page.getByText('DROP TABLE public.hand_two').first()).toBeVisible();

  await page.getByRole('button', { name: 'version 4' }).click();
  await page.getByRole('link', { name: 'What changed in version 3' }).click();
  await expect(page.getByRole('heading', { name: 'Version 3 of 4', level: 1 })).toBeVisible();
  await expect(page.getByRole('main').getByText('Step 1 of “First phase”, “Both tables”, was split in two behind its first statement.')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'The second table added' })).toContainText('+ CREATE TABLE public.hand_two (id int);');
  await expect(page.getByRole('listitem').filter({ hasText: 'Both tables changed' })).toContainText('− CREATE TABLE public.hand_two (id int);');
  await expectManners(page, 'version');
  await page.context().close();
});

test('two people talk about a step: one is meant, finds it on home and answers, and what is new since the last look stands over the plan', async ({ browser }) => {
  const author = await signedIn(browser, 'author');
  await author.goto('/plans');
  await author.getByRole('main').getByRole('link', { name: /^Two tables by hand/ }).first().click();
  await expect(author.getByRole('heading', { name: 'Two tables by hand', level: 1 })).toBeVisible();
  const plan = new URL(author.url()).pathname;
  // Both looked at it an hour ago, before the last version.
  await within('countersign', (client) => client.query(`insert into plan_seen (plan_id, person_id, version, at) select $1, id, 3, now() - interval '1 hour' from person where email in ('author@demo.test', 'approver@demo.test') on conflict (plan_id, person_id) do update set version = 3, at = excluded.at, before_version = null, before_at = null`, [plan.split('/').at(-1)]));

  const approver = await signedIn(browser, 'approver');
  await approver.goto(plan);
  await expect(approver.getByRole('link', { name: 'version 4 moved step 1.2' })).toHaveAttribute('href', `${plan}/versions/4`);
  await approver.getByRole('button', { name: 'Comment on step 1' }).click();
  const field = approver.getByRole('textbox', { name: 'Comment' });
  await field.pressSequentially('Why `hand_two` first, @aut');
  await expect(approver.getByRole('option')).toHaveText(['Ada Author @author']);
  await expectManners(approver, 'comment with people');
  await field.press('Enter');
  await expect(field).toHaveValue('Why `hand_two` first, @author ');
  await field.press('ControlOrMeta+Enter');
  await expect(approver.getByText('Said; Ada Author is told.')).toBeVisible();

  await author.goto('/');
  await author.getByRole('link', { name: 'Answer Ben Approver: Two tables by hand' }).click();
  await expect(author.getByText('Since you looked, 1 h ago:')).toBeVisible();
  await expect(author.getByRole('link', { name: '1 comment' })).toBeVisible();
  await author.getByRole('button', { name: 'Answer Ben Approver' }).click();
  await author.getByRole('textbox', { name: 'Answer to Ben Approver' }).fill('Nothing refers to it.');
  await author.getByRole('button', { name: 'Answer', exact: true }).click();
  await expect(author.getByRole('list', { name: 'Threads' }).getByText('Nothing refers to it.')).toBeVisible();
  await author.getByRole('button', { name: 'Mark as settled' }).click();
  await author.getByRole('button', { name: '1 settled thread' }).click();
  await expect(author.getByText('settled by Ada Author')).toBeVisible();
  await Promise.all([author, approver].map((page) => page.context().close()));
});

const STUCK = `# Notes on exports

\`\`\`sql
UPDATE "bazaar-vid_exports" SET id = id WHERE false;
\`\`\`

\`\`\`sql
SELECT count(*) FROM "bazaar-vid_exports";
\`\`\`

\`\`\`sql
DO $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
\`\`\`
`;

/** The newest measurement again, as if its first figure had taken longer than a page waits. */
const CUT = `insert into evidence (plan_id, phase_id, phase_document_digest, content, measured_at, measured_by)
  select plan_id, phase_id, phase_document_digest, jsonb_set(content, '{measurements,0,rows}', jsonb_build_object('provenance', 'unknown', 'why', $2::text)), clock_timestamp(), measured_by
  from evidence where plan_id = $1 order by measured_at desc limit 1`;
/** A count that another worker carries on, which was heard of a moment ago. */
const COUNTING = `with asked as (insert into exact_count (plan_id, version, phase_id, target_database, requested_by) select p.id, p.current_version, e.phase_id, p.target_database, p.created_by from plan p join evidence e on e.plan_id = p.id where p.id = $1 limit 1 returning id) select id from asked`;

test('what a text leaves open is measured and confirmed; what a page had no time to count is counted by a worker, which can be stopped; and where a run stops half way and nothing takes back what stands, the author goes on after it', async ({ browser }) => {
  const [author, approver, operator] = [await signedIn(browser, 'author'), await signedIn(browser, 'approver'), await signedIn(browser, 'operator')];
  await author.goto('/plans/import');
  await author.getByLabel('File').setInputFiles({ name: 'stuck.md', mimeType: 'text/markdown', buffer: Buffer.from(STUCK) });
  await author.getByRole('button', { name: 'Read it' }).click();
  await author.waitForURL(/\/plans\/[0-9a-f-]{36}/);
  const plan = new URL(author.url()).pathname;
  const planId = plan.split('/').at(-1) ?? '';
  // What the text leaves open is asked now, and a person confirms it.
  const exports = await within('bazaar_prod', async (client) => String((await client.query('select count(*) as n from public."bazaar-vid_exports"')).rows[0].n));
  await choose(author, 2, 'Say what must come out…');
  const answer = author.getByRole('dialog');
  await expect(answer.getByRole('radio', { name: 'one value' })).toBeChecked();
  await expect(answer.getByRole('textbox', { name: 'Value' })).toHaveValue(exports);
  await expect(answer.getByText(`Measured on bazaar_prod just now, before the plan: “${exports}”.`)).toBeVisible();
  await expectManners(author, 'saying what must come out');
  await answer.getByRole('button', { name: 'Save' }).click();
  await expect(answer).toBeHidden();
  await measure(author, plan, 'written.1');

  await within('countersign', async (client) => {
    await client.query(CUT, [planId, WHY.slow]);
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>(COUNTING, [planId]);
    const progress = { done: 0, of: 3, now: { asks: 'counts the rows of public.bazaar-vid_exports', since: new Date().toISOString(), rows: 82, expected: 134 } };
    await client.query(`update exact_count set state = 'running', attempt = 1, worker_id = gen_random_uuid(), heartbeat_at = now() + interval '1 hour', content = $2 where id = $1`, [rows[0]?.id, JSON.stringify(progress)]);
    await client.query('commit');
  });
  await author.reload();
  await expect(author.getByText('Question 1 of 3: counts the rows of public.bazaar-vid_exports, 82 so far, about 61\u00A0% of what the statistics expect.')).toBeVisible();
  await expect(author.getByRole('button', { name: 'Count exactly' })).toHaveCount(0);
  await expectManners(author, 'a count under way');
  await author.getByRole('button', { name: 'Stop counting' }).click();
  await expect(author.getByText('stopping')).toBeVisible();
  // Its worker is not heard of any more: the one that is there does what was asked.
  await within('countersign', (client) => client.query(`update exact_count set heartbeat_at = now() - interval '1 hour' where plan_id = $1`, [planId]));
  await expect(author.getByText('count stopped')).toBeVisible();
  await author.getByRole('button', { name: 'Count exactly' }).click();
  // What is known to the last row needs no word about counting any more.
  await expect(author.getByText('count stopped')).toHaveCount(0);
  await expect(author.getByRole('button', { name: 'Count exactly' })).toHaveCount(0);
  await expect(author.getByText(`${exports} rows`).first()).toBeVisible();

  await approve(approver, plan, 'written.1');
  await start(operator, plan, 'written.1');
  await expect(operator.getByRole('heading', { level: 1 })).toContainText('failed');
  await author.goto(plan);
  await author.getByRole('button', { name: 'Go on after what stands…' }).click();
  await expectManners(author, 'going on after what stands');
  await author.getByRole('textbox', { name: 'Reason' }).fill('The exception is taken out.');
  await author.getByRole('button', { name: 'Save the rest as a new version' }).click();
  await expect(author.getByText(/^Stands from an earlier run, and nothing takes it back: /)).toBeVisible();
  // A question leaves nothing behind, and is asked again.
  await expect(author.getByRole('heading', { level: 3 })).toHaveText(['Rows of bazaar-vid_exports', 'Run a block of code']);
  await expectManners(author, 'a phase that goes on');
  await Promise.all([author, approver, operator].map((page) => page.context().close()));
});
