import { expect, test, type Page } from '@playwright/test';
import { within } from './databases.ts';
import { onOnePage } from './one-page.ts';
import { expectNoRawMessage } from './raw-messages.ts';
import { become } from './people.ts';
import { approve, decideOrphans, decideWhatStays, editStep, makePlan, measure, PROJECT_KEY, rollBack, run, start } from './story.ts';

// What was signed, and what is there, are compared again and again; whatever moved is named, and the signature is void.

const EXPORTS = 'public."bazaar-vid_exports"';
const ANALYTICS = 'public."bazaar-vid_export_analytics"';

let page: Page;
let plan: string;
let backup: string;
let before: string;

onOnePage((one) => { page = one; });

function psql(sql: string): Promise<unknown> {
  return within('bazaar_prod', (client) => client.query(sql));
}

function setProject(exportId: string, project: string): Promise<unknown> {
  return psql(`update ${EXPORTS} set project_id = '${project}' where id = '${exportId}'`);
}

/** Columns, constraints, indexes and rows of everything in public. */
async function world(): Promise<string> {
  return within('bazaar_prod', async (client) => {
    const { rows } = await client.query<{ catalog: string; exports: string; analytics: string }>(`select
      (select md5(string_agg(concat_ws(' ', c.relname, a.attname, a.attnotnull, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid)), '|' order by c.relname, a.attname))
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace) as catalog,
      (select sum(hashtextextended(t::text, 0)::numeric)::text from ${EXPORTS} t) as exports,
      (select sum(hashtextextended(t::text, 0)::numeric)::text from ${ANALYTICS} t) as analytics`);
    return JSON.stringify(rows[0]);
  });
}

/** The operator presses, the worker looks again and does nothing, and the signature stands struck through with what moved. */
async function expectRunRefused(moved: RegExp): Promise<void> {
  await become(page, 'operator');
  await start(page, plan, 'convert');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('refused');
  await expect(page.getByText(moved).first()).toBeVisible();
  await expectNoRawMessage(page);
  await expectVoid('convert', moved);
}

async function expectVoid(phase: string, moved: RegExp): Promise<void> {
  await page.goto(`${plan}?phase=${phase}`);
  const approval = page.getByRole('listitem').filter({ hasText: /Ben Approver\s*void.*digest/ }).filter({ hasText: moved });
  await expect(approval).toBeVisible();
  await expect(approval.getByText('Ben Approver', { exact: true })).toHaveCSS('text-decoration-line', 'line-through');
  await expect(page.getByText('0 of 1 stand')).toBeVisible();
  await become(page, 'operator');
  await page.goto(`${plan}?phase=${phase}`);
  await expect(page.getByRole('button', { name: /^Run phase/ })).toBeDisabled();
}

async function signAgain(): Promise<void> {
  await become(page, 'author');
  await measure(page, plan, 'convert');
  await become(page, 'approver');
  await approve(page, plan, 'convert', '8');
}

test('a conversion is signed, and its backup made', async () => {
  before = await world();
  await become(page, 'author');
  await decideWhatStays(page);
  plan = await makePlan(page, 'Moving target');
  await decideOrphans(page, plan);
  await become(page, 'approver');
  for (const phase of ['backup', 'create']) await approve(page, plan, phase);
  await approve(page, plan, 'convert', '8');
  await become(page, 'operator');
  await run(page, plan, 'backup');
  backup = new URL(page.url()).pathname;
});

test('one more orphan voids the approval, which names how many there were and are', async () => {
  await psql(`insert into ${EXPORTS} (id, user_id, project_id, render_id) select '00000000-0000-4000-8000-000000000001', user_id, '00000000-0000-4000-8000-0000000000aa', 'orphan' from ${EXPORTS} limit 1`);
  try {
    await expectRunRefused(/Orphans in .*bazaar-vid_exports.*project_id.*: 2 → 3\./);
  } finally {
    await psql(`delete from ${EXPORTS} where render_id = 'orphan'`);
  }
  await signAgain();
});

test('the same number of other orphans voids it too', async () => {
  const swapped = await within('bazaar_prod', async (client) => {
    const { rows } = await client.query<{ id: string; project_id: string }>(`select distinct on (p.id is null) e.id, e.project_id from ${EXPORTS} e left join public."bazaar-vid_project" p on p.id::text = e.project_id order by p.id is null, e.id`);
    return rows;
  });
  const [live, orphan] = swapped;
  if (!live || !orphan) throw new Error('no row with a project, or none without');
  await setProject(live.id, orphan.project_id);
  await setProject(orphan.id, live.project_id);
  try {
    await expectRunRefused(/Orphans in .*bazaar-vid_exports.*project_id.*: 2 → 2, but other rows\./);
  } finally {
    for (const { id, project_id } of swapped) await setProject(id, project_id);
  }
  await signAgain();
});

test('a changed column voids it, and names the table', async () => {
  await psql(`alter table ${EXPORTS} alter column duration type bigint`);
  try {
    await expectRunRefused(/The definition of public\.bazaar-vid_exports changed since it was signed\./);
  } finally {
    await psql(`alter table ${EXPORTS} alter column duration type integer`);
  }
  await signAgain();
});

test('measuring finds it too, before anybody presses', async () => {
  await psql(`alter table ${ANALYTICS} alter column event set default 'viewed'`);
  try {
    await become(page, 'author');
    await page.goto(`${plan}?phase=convert`);
    await page.getByRole('button', { name: 'Measure again' }).click();
    await expect(page.getByText(/Measured again, and something moved: .*bazaar-vid_export_analytics/)).toBeVisible();
    await expectVoid('convert', /The definition of public\.bazaar-vid_export_analytics changed since it was signed\./);
  } finally {
    await psql(`alter table ${ANALYTICS} alter column event drop default`);
  }
  await signAgain();
});

test('another decision about the orphans voids it, and is named', async () => {
  await become(page, 'author');
  await page.goto(`${plan}?phase=convert`);
  await page.getByRole('button', { name: 'Decide differently' }).first().click();
  const form = page.getByRole('form', { name: `Decision for ${PROJECT_KEY}` });
  await form.getByRole('radio', { name: /^Stop/ }).check();
  await form.getByRole('textbox', { name: 'Reason' }).fill('Ask the owner first.');
  await form.getByRole('button', { name: 'Record decision' }).click();
  await expect(page.getByText(/^Decided on the orphans of .*: stop/)).toBeVisible();
  await expectVoid('convert', new RegExp(`the decision on the orphans of .*${PROJECT_KEY}.* went from “take out and keep in quarantine” to “stop`));
});

test('an edited step voids the approval of its phase, is named, and leaves the other phases alone', async () => {
  const step = 'Create bazaar-vid_paywall_analytics';
  await become(page, 'author');
  await page.goto(`${plan}?phase=create`);
  await expect(page.getByText('1 of 1 stand')).toBeVisible();
  await editStep(page, plan, 'create', step, '-- looked over');
  await expectVoid('create', /“Create 10 new tables” was edited: the SQL of step “Create bazaar-vid_paywall_analytics”\./);
  await page.goto(`${plan}?phase=backup`);
  await expect(page.getByText('1 of 1 stand')).toBeVisible();
});

test('a step of a phase that stands in the target is not edited', async () => {
  await become(page, 'author');
  await page.goto(`${plan}?phase=backup`);
  await expect(page.getByText('Applied and verified; can be rolled back')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Edit SQL' })).toHaveCount(0);
});

test('everything is as it was', async () => {
  await become(page, 'operator');
  await rollBack(page, backup, 'The test is over.');
  expect(await world()).toBe(before);
});
