import { expect, test, type Page } from '@playwright/test';
import { atTheGate, GATE, within } from './databases.ts';
import { become } from './people.ts';
import { onOnePage } from './one-page.ts';
import { expectNoRawMessage } from './raw-messages.ts';
import { COMPARE, approve, editStep, measure, planTables, rollBack, start } from './story.ts';

// What goes wrong on the way: locks, deaths, lost connections, wrong credentials. Each is told in a sentence, and nothing is lost or
// done twice.

const TABLES = ['bazaar-vid_paywall_analytics', 'bazaar-vid_paywall_events'];
const BROKE = 'The connection to the database broke while the step ran; whether it took effect is being looked up.';

let page: Page;
let plan: string;
let run: string;

onOnePage((one) => { page = one; });

function superuser(sql: string): Promise<unknown> {
  return within('superuser', (client) => client.query(sql));
}

async function control<T>(sql: string, values: readonly string[] = []): Promise<T | undefined> {
  return within('countersign', async (client) => (await client.query(sql, [...values])).rows[0] as T | undefined);
}

async function workerPid(): Promise<number> {
  return (await control<{ pid: number }>('select pid from worker order by heartbeat_at desc limit 1'))?.pid ?? 0;
}

async function startAsOperator(): Promise<void> {
  await become(page, 'operator');
  run = await start(page, plan, 'create');
}

/** A statement is on its way in the target, and ends when the caller opens the gate. */
function whileAStatementRuns(use: (open: () => Promise<void>) => Promise<void>): Promise<void> {
  return atTheGate(async (open) => {
    await startAsOperator();
    await expect(page.getByText(/^started, backend pid/)).toBeVisible();
    await use(open);
  });
}

function headline() {
  return page.getByRole('heading', { level: 1 });
}

async function cancel(reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Cancel…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: 'Cancel the run' }).click();
  await expect(headline()).toContainText('cancelled');
  const took = await control<{ ms: number }>('select extract(epoch from ended_at - cancel_requested_at)::float8 * 1000 as ms from run where id = $1', [run.split('/').at(-1) ?? '']);
  expect(took?.ms).toBeLessThan(1_000);
}

/** Every step stands once: by the events, by the ledger in the target, and by what it made there. */
async function expectOnce(): Promise<void> {
  const id = run.split('/').at(-1) ?? '';
  await expect(page.getByText('Applied and verified.').first()).toBeVisible({ timeout: 45_000 });
  const told = await control<{ steps: string[] }>(`select array_agg(event ->> 'step' order by seq) as steps from run_event where run_id = $1 and event ->> 'type' = 'step_applied'`, [id]);
  expect(told?.steps).toEqual(['create.1', 'create.2', 'create.3']);
  const stands = await within('bazaar_prod', async (client) => (await client.query(`select (select array_agg(step_id order by step_id) from countersign.step where run_id = $1) as ledger, (select count(*)::int from pg_class where relname = any($2) and relnamespace = 'public'::regnamespace) as tables`, [id, TABLES])).rows[0]);
  expect(stands).toEqual({ ledger: ['create.1', 'create.2', 'create.3'], tables: 2 });
}

/** Back to the start, and signed once more. */
async function takeBackAndSign(): Promise<void> {
  await become(page, 'operator');
  await rollBack(page, run, 'Once more.');
  await become(page, 'author');
  await measure(page, plan, 'create');
  await become(page, 'approver');
  await approve(page, plan, 'create');
}

test('a database that takes no connections is told in a sentence, on the comparison and when measuring', async () => {
  await become(page, 'author');
  plan = await planTables(page, 'Bad luck', TABLES);
  for (const [shut, open, sentence] of [
    ['allow_connections false', 'allow_connections true', 'bazaar_prod takes no connection or closed it: it is starting, stopping, or was told to.'],
    ['connection limit 0', 'connection limit -1', 'bazaar_prod has no free connections at the moment.'],
  ] as const) {
    await superuser(`alter database bazaar_prod ${shut}`);
    try {
      await page.goto(COMPARE);
      await page.getByRole('button', { name: 'Read again' }).click();
      await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible();
      await expectNoRawMessage(page);
      await page.goto(`${plan}?phase=create`);
      await page.getByRole('button', { name: 'Measure again' }).click();
      await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible();
      await expectNoRawMessage(page);
    } finally {
      await superuser(`alter database bazaar_prod ${open}`);
    }
  }
  await measure(page, plan, 'create');
});

test('a wrong reader’s password is told in a sentence, and a plan made meanwhile says why it is not measured', async () => {
  await withWrongPassword('bazaar_reader', async () => {
    await page.goto(COMPARE);
    await page.getByRole('button', { name: 'Read again' }).click();
    // One role reads both: whichever says no first is named.
    await expect(page.getByRole('alert').filter({ hasText: /bazaar_(prod|dev) refused the credential: wrong role or password/ })).toBeVisible();
    await expectNoRawMessage(page);
    await page.goto('/databases');
    await expect(page.getByText(/bazaar_prod refused the credential/).first()).toBeVisible();
    await expectNoRawMessage(page);
    await planTables(page, 'Made blind', TABLES);
    await expect(page.getByText(/It is not measured yet: bazaar_prod refused the credential/).first()).toBeVisible();
  });
});

async function withWrongPassword(role: string, use: () => Promise<void>): Promise<void> {
  const kept = await within('superuser', async (client) => (await client.query<{ kept: string }>('select rolpassword as kept from pg_authid where rolname = $1', [role])).rows[0]?.kept ?? '');
  expect(kept).toMatch(/^SCRAM-SHA-256\$/);
  await superuser(`alter role ${role} password 'another'`);
  try {
    await use();
  } finally {
    await superuser(`alter role ${role} password '${kept}'`);
  }
}

test('a run is refused when the operator’s credential is wrong or may only read; what was signed stands', async () => {
  await become(page, 'author');
  await editStep(page, plan, 'create', `Create ${TABLES[0]}`, GATE);
  await measure(page, plan, 'create');
  await become(page, 'approver');
  await approve(page, plan, 'create');
  await withWrongPassword('bazaar_operator', async () => {
    await startAsOperator();
    await expect(headline()).toContainText('refused');
    await expect(page.getByText('bazaar_prod refused the credential: wrong role or password').first()).toBeVisible();
  });
  await superuser('alter role bazaar_operator set default_transaction_read_only = on');
  try {
    await startAsOperator();
    await expect(headline()).toContainText('refused');
    await expect(page.getByText('The operator credential of bazaar_prod is read-only').first()).toBeVisible();
    await expectNoRawMessage(page);
  } finally {
    await superuser('alter role bazaar_operator reset default_transaction_read_only');
  }
  await page.goto(`${plan}?phase=create`);
  await expect(page.getByText('1 of 1 stand')).toBeVisible();
});

test('a long statement is cancelled within a second, and leaves nothing', async () => {
  await whileAStatementRuns(async () => {
    await expect(headline()).toContainText('running');
    await cancel('It takes too long.');
  });
  await expect(page.getByText('Cancelled; nothing was changed.').first()).toBeVisible();
});

test('a wait for a lock is cancelled within a second, and what stands is taken back', async () => {
  await within('bazaar_prod', async (client) => {
    await client.query('begin');
    await client.query('lock table public."bazaar-vid_user" in row exclusive mode');
    await startAsOperator();
    await expect(page.getByText(/waits for SHARE ROW EXCLUSIVE on bazaar-vid_user, held by pid/).first()).toBeVisible();
    await cancel('Nobody lets go.');
    await client.query('rollback');
  });
  await expect(page.getByText('Cancelled after 2 of 3 steps; what those steps changed stands.').first()).toBeVisible();
  await takeBackAndSign();
});

test('a worker that is killed in the middle of a step is followed by another one, which finishes it once', async () => {
  await whileAStatementRuns(async (open) => {
    const killed = await workerPid();
    process.kill(killed, 'SIGKILL');
    await expect(page.getByText('worker took the run, attempt 2')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('It had not taken effect when its connection was lost, and is done again.').first()).toBeVisible();
    expect(await workerPid()).not.toBe(killed);
    await open();
  });
  await expectOnce();
  await takeBackAndSign();
});

test('a connection that breaks in the middle of a step leaves it in doubt until the database answers; then it is done once', async () => {
  await whileAStatementRuns(async (open) => {
    await superuser('alter database bazaar_prod allow_connections false');
    try {
      // The reader's as well: nobody sees what happens there.
      await superuser(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'bazaar_prod'`);
      await expect(page.getByText(BROKE).first()).toBeVisible();
      await expect(headline()).toContainText('in doubt');
      const now = page.getByRole('region', { name: 'Now' });
      await expect(now.getByRole('alert')).toContainText('bazaar_prod does not answer.');
      await expect(now.getByRole('definition').filter({ hasText: /^not known$/ }), 'who is blocked, and the oldest transaction').toHaveCount(2);
      await expectNoRawMessage(page);
    } finally {
      await superuser('alter database bazaar_prod allow_connections true');
    }
    await expect(page.getByText('It had not taken effect when its connection was lost, and is done again.').first()).toBeVisible();
    await open();
  });
  await expectOnce();
  await takeBackAndSign();
});

/** What the run's page tells, without the moments. */
function lines(on: Page): Promise<string[]> {
  return on.getByRole('region', { name: 'What happened' }).getByRole('listitem').locator('span:first-of-type').allInnerTexts();
}

/** Emulated offline leaves an open stream alone, so the stream and what would stand in for it are cut by name. */
const LIFELINES = ['**/api/runs/*/events*', '**/api/session'];

test('a page that was cut off says of a press that nothing answered it, and misses no event', async () => {
  await whileAStatementRuns(async (open) => {
    for (const line of LIFELINES) await page.route(line, (route) => route.abort());
    await page.reload();
    await expect(page.getByText(/^started, backend pid/)).toBeVisible();
    await page.route(`**${run}`, (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Countersign did not answer, and nobody knows whether it took this.' })).toBeVisible();
    await page.unroute(`**${run}`);
    await open();
    await expect.poll(async () => (await control<{ state: string }>('select state from run where id = $1', [run.split('/').at(-1) ?? '']))?.state, { timeout: 30_000 }).toBe('applied');
    await expect(headline(), 'what the page says while it hears nothing').toContainText('no answer');
    await expect(page.getByText('Applied and verified.')).toHaveCount(0);
    for (const line of LIFELINES) await page.unroute(line);
  });
  await expectOnce();
  const beside = await page.context().newPage();
  await beside.goto(run);
  await expect(beside.getByText('Applied and verified.').first()).toBeVisible();
  expect(await lines(page)).toEqual(await lines(beside));
  expect((await lines(page)).length).toBeGreaterThan(8);
  await beside.close();
  await takeBackAndSign();
});

async function health(): Promise<object> {
  const answer = await page.request.get('/api/health');
  return { status: answer.status(), ...((await answer.json()) as object) };
}

test('a worker that falls silent is called lost, and goes on where it was', async () => {
  await whileAStatementRuns(async (open) => {
    const pid = await workerPid();
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(page.getByRole('alert').filter({ hasText: 'Worker lost; the database may still be working: checking.' })).toBeVisible({ timeout: 30_000 });
      // The run's own heartbeat may be older than the worker's by some seconds: the page may know first.
      await expect.poll(health).toMatchObject({ status: 503, worker: 'silent', reasons: [expect.stringMatching(/No worker has reported for \d+ seconds/)] });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await open();
  });
  await expectOnce();
  await expect.poll(health).toMatchObject({ status: 200, worker: 'well' });
  await rollBack(page, run, 'The test is over.');
});

test('all of it stands in the log, in words', async () => {
  await become(page, 'admin');
  for (const path of ['/log', plan, '/', '/databases']) {
    await page.goto(path);
    await expect(headline()).toBeVisible();
    await expectNoRawMessage(page);
  }
  const { rows } = await within('countersign', (client) => client.query<{ body: string }>(`select body from audit_entry where action like 'run.%' or action like 'step.%'`));
  const said = rows.map((row) => row.body).join('\n');
  for (const sentence of [BROKE, 'refused the credential', 'is read-only', 'Cancelled; nothing was changed.']) expect(said).toContain(sentence);
  expect(said).not.toMatch(/terminating connection|password authentication failed|canceling statement/);
});
