import { expect, type Locator, type Page } from '@playwright/test';

// What the people of the demo do, in the words of the screen. Used by every test that needs a plan.

export const COMPARE = '/compare?current=bazaar_prod&desired=bazaar_dev';
export const PROJECT_KEY = 'bazaar-vid_exports_project_id_bazaar-vid_project_id_fk';
export const EXPORT_KEY = 'bazaar-vid_export_analytics_export_id_bazaar-vid_exports_id_fk';

/** Answers the foreign schemas and the legacy tables, unless they are answered already. */
export async function decideWhatStays(author: Page): Promise<void> {
  await author.goto(COMPARE);
  const schema = (name: string) => author.getByRole('checkbox', { name: `Choose all differences in schema ${name}` });
  await expect(author.getByRole('button', { name: 'Read again' })).toBeVisible();
  if ((await schema('auth').count()) === 0) return;
  for (const name of ['auth', 'neon_auth', 'pgrst']) await schema(name).check();
  const moving = pressesAsLinesMove(author);
  await decide(author, /not needed/i, 'Not required: we use NextAuth.');
  // What is answered leaves the list, and the rest moves up: a press in that moment would fall on another line.
  expect(await moving, 'who takes presses while the lines move').toBe('none');
  await expect(schema('auth')).toHaveCount(0);
  for (const name of ['project_memory', 'metric', 'agent_message']) await author.getByRole('checkbox', { name: `Choose the differences of bazaar-vid_${name}`, exact: true }).check();
  await decide(author, /keep/i, 'Not looked into yet.');
  await expect(author.getByRole('checkbox', { name: 'Choose the differences of bazaar-vid_metric', exact: true })).toHaveCount(0);
}

/** What becomes of presses on the list when its lines change next. */
function pressesAsLinesMove(page: Page): Promise<string> {
  return page.getByRole('list', { name: 'Objects' }).evaluate(
    (list: HTMLElement) => new Promise((resolve) => {
      const { height } = list.style;
      new MutationObserver((_, observer) => {
        if (list.style.height === height) return;
        observer.disconnect();
        resolve(getComputedStyle(list).pointerEvents);
      }).observe(list, { attributes: true, attributeFilter: ['style'] });
    }),
  );
}

async function decide(author: Page, verdict: RegExp, reason: string): Promise<void> {
  await author.getByRole('region', { name: 'Chosen differences' }).getByRole('button', { name: 'Decide…' }).click();
  const dialog = author.getByRole('dialog');
  await dialog.getByRole('radio', { name: verdict }).check();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: 'Record decision' }).click();
  await expect(dialog).toBeHidden();
}

/** Chooses every undecided difference and makes a plan of them; answers with its path. */
export async function makePlan(author: Page, name: string): Promise<string> {
  await author.goto(COMPARE);
  await author.getByRole('button', { name: /Choose all undecided/ }).click();
  await author.getByRole('button', { name: 'Make a plan' }).click();
  await author.getByRole('textbox', { name: 'Plan name' }).fill(name);
  await author.getByRole('button', { name: 'Make the plan' }).click();
  await expect(author.getByRole('heading', { name, level: 1 })).toBeVisible();
  return new URL(author.url()).pathname;
}

/** A plan of nothing but these tables, which prod lacks: one phase that creates them, and the validation. Answers with its path. */
export async function planTables(author: Page, name: string, tables: readonly string[]): Promise<string> {
  await author.goto(COMPARE);
  for (const table of tables) await author.getByRole('checkbox', { name: `Choose the differences of ${table}`, exact: true }).check();
  await author.getByRole('button', { name: 'Make a plan' }).click();
  await author.getByRole('textbox', { name: 'Plan name' }).fill(name);
  await author.getByRole('button', { name: 'Make the plan' }).click();
  await expect(author.getByRole('heading', { name, level: 1 })).toBeVisible();
  return new URL(author.url()).pathname;
}

/** Opens the sheet in which the SQL of a step is edited; the caller types and saves. */
export async function openEdit(author: Page, plan: string, phase: string, step: string): Promise<Locator> {
  await author.goto(`${plan}?phase=${phase}`);
  await author.getByRole('listitem').filter({ has: author.getByRole('heading', { name: step, level: 3 }) }).getByRole('button', { name: 'Edit SQL' }).click();
  const sheet = author.getByRole('dialog', { name: `Edit: ${step}` });
  // A plain field stands there until the editor has come and takes its place.
  await expect(sheet.locator('.cm-content').first()).toBeVisible();
  return sheet;
}

/** Puts SQL in front of what the step does, and saves it as a new version. */
export async function editStep(author: Page, plan: string, phase: string, step: string, first: string): Promise<void> {
  const sheet = await openEdit(author, plan, phase, step);
  await sheet.getByRole('textbox', { name: 'SQL', exact: true }).fill(`${first}\n${await sheet.locator('textarea[name="sql"]').inputValue()}`);
  await sheet.getByRole('button', { name: 'Save as a new version' }).click();
  await expect(sheet).toBeHidden();
}

/** Measures a phase again, or for the first time. */
export async function measure(author: Page, plan: string, phase: string): Promise<void> {
  await author.goto(`${plan}?phase=${phase}`);
  await author.getByRole('button', { name: /^Measure( again)?$/ }).first().click();
  await expect(author.getByText(/^Measured(\.| again)/).first()).toBeVisible();
}

/** Presses the button and stands on the run's page. */
export async function start(operator: Page, plan: string, phase: string): Promise<string> {
  await operator.goto(`${plan}?phase=${phase}`);
  await operator.getByRole('button', { name: /^Run phase/ }).click();
  await operator.waitForURL(/\/runs\//);
  return new URL(operator.url()).pathname;
}

/** Takes a run back that lost nothing since, and watches it to its end. */
export async function rollBack(operator: Page, run: string, reason: string): Promise<void> {
  await operator.goto(`${run}?rollback=1`);
  const sheet = operator.getByRole('dialog');
  await sheet.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await sheet.getByRole('button', { name: 'Roll back now' }).click();
  await expect(operator.getByText('Rolled back and verified.').first()).toBeVisible({ timeout: 30_000 });
}

/** Takes the orphans of both foreign keys out, into quarantine. */
export async function decideOrphans(author: Page, plan: string): Promise<void> {
  await author.goto(`${plan}?phase=convert`);
  for (const key of [PROJECT_KEY, EXPORT_KEY]) {
    const form = author.getByRole('form', { name: `Decision for ${key}` });
    await form.getByRole('radio', { name: /Take out and quarantine/ }).check();
    await form.getByRole('textbox', { name: 'Reason' }).fill('The project was deleted; nobody can open these.');
    await form.getByRole('button', { name: 'Record decision' }).click();
    await expect(form).toHaveCount(0);
  }
  await expect(author.getByText('decision: take out and keep in quarantine')).toHaveCount(2);
}

/** Opens a phase and signs it; a destructive one asks for the measured number. */
export async function approve(approver: Page, plan: string, phase: string, typed?: string): Promise<void> {
  await approver.goto(`${plan}?phase=${phase}`);
  await approver.getByRole('button', { name: /^Approve phase/ }).first().click();
  const dialog = approver.getByRole('dialog');
  if (typed !== undefined) await dialog.getByRole('textbox', { name: /Type the number of rows/ }).fill(typed);
  await dialog.getByRole('button', { name: /^Approve phase/ }).click();
  await expect(dialog).toBeHidden();
  await expect(approver.getByText('1 of 1 stand')).toBeVisible();
  await leftSheet(approver);
}

/** A sheet whose work is done goes one step back in the history a moment after it has left the screen: no person is quick enough to go elsewhere before that, but a test is, and would be taken back. */
export async function leftSheet(page: Page): Promise<void> {
  await page.waitForURL((url) => !url.hash.startsWith('#sheet='));
}

/** Runs a phase and watches it to its end; the browser stands on the run's page then. */
export async function run(operator: Page, plan: string, phase: string): Promise<void> {
  await operator.goto(`${plan}?phase=${phase}`);
  await operator.getByRole('button', { name: /^Run phase/ }).click();
  await operator.waitForURL(/\/runs\//);
  await expect(operator.getByRole('status').getByText(/applied|done/i).or(operator.getByText('Applied and verified.')).first()).toBeVisible({ timeout: 30_000 });
}
