import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import * as compareRoute from '#app/api/v1/compare/route.ts';
import * as planRoute from '#app/api/v1/plans/[planId]/route.ts';
import * as plansRoute from '#app/api/v1/plans/route.ts';
import * as waitRoute from '#app/api/v1/plans/[planId]/wait/route.ts';
import { nothingHere } from '#lib/dal/api/problems.ts';
import { createTokenSpec } from '#lib/dal/commands/tokens.ts';
import type { DatabaseConfig } from '#lib/env.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { approve, facts } from '#lib/testing/bazaar-plan.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { serveHttp } from '#lib/testing/http.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { apiOf } from './api.ts';
import { planCommand } from './plan.ts';

type Real = { databaseNamed: (name: string, env?: { databases: readonly DatabaseConfig[] }) => DatabaseConfig };

const stage = vi.hoisted((): { world: World | null; url: string } => ({ world: null, url: '' }));
function env() {
  return { databases: stage.world?.databases ?? [], policy: POLICY, sources: { scratchUrl: null, migrations: [] }, nextAuthUrl: stage.url };
}
vi.mock('../dal/control.ts', async () => {
  const real = await vi.importActual<Real>('../dal/control.ts');
  return { control: () => stage.world?.db, configuration: env, databaseNamed: (name: string, given?: { databases: readonly DatabaseConfig[] }) => real.databaseNamed(name, given ?? env()) };
});

let world: World;
let token = '';
let folder = '';
beforeAll(async () => {
  world = await freshWorld();
  stage.world = world;
  stage.url = await serveHttp(routed);
  token = (await done(act(world, 'author', createTokenSpec, { name: 'terminal', scope: 'plan:write', days: 7 }))).once ?? '';
  folder = mkdtempSync(join(tmpdir(), 'countersign-plan-'));
  closeAtEnd(async () => rmSync(folder, { recursive: true, force: true }));
});

function routed(request: Request): Promise<Response> {
  const [, planId, wait] = /^\/api\/v1\/plans\/([^/]+)(\/wait)?$/.exec(new URL(request.url).pathname) ?? [];
  const params = Promise.resolve(planId === undefined ? {} : { planId });
  if (planId !== undefined) return (wait ? waitRoute : planRoute).GET(request, { params });
  if (new URL(request.url).pathname === '/api/v1/plans') return (request.method === 'POST' ? plansRoute.POST : plansRoute.GET)(request, { params });
  return new URL(request.url).pathname === '/api/v1/compare' ? compareRoute.GET(request, { params }) : Promise.resolve(nothingHere());
}

/** As bin.mjs would run it, in this process: the same HTTP, no start of Node for each. */
async function plan(args: readonly string[], given: Record<string, string> = {}): Promise<{ code: number; out: string; notes: string[] }> {
  let out = '';
  const notes: string[] = [];
  const code = await planCommand(args, apiOf({ COUNTERSIGN_URL: stage.url, COUNTERSIGN_TOKEN: token, ...given }), { print: async (text) => void (out += text), note: (text) => void notes.push(text) });
  return { code, out, notes };
}

const TABLES = ['add:enum:public.promo_discount_type'];

async function create(name: string): Promise<string> {
  await plan(['create', '--current', 'bazaar_prod', '--desired', 'bazaar_dev', '--name', name, ...TABLES.flatMap((id) => ['--delta', id])]);
  return (await world.db.selectFrom('plan').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id;
}

describe('countersign plan', () => {
  test('create makes the plan and says where it is; --json prints the answer of the API', async () => {
    const made = await plan(['create', '--current', 'bazaar_prod', '--desired', 'bazaar_dev', '--name', 'Everything', '--all', '--window', '24']);
    expect(made.code).toBe(0);
    expect(made.out).toMatch(new RegExp(`^Made a plan of \\d+ phases and measured them\\.\nEverything \\(bazaar_prod, version 1\\): open\\. [\\s\\S]*\n${stage.url}/plans/[0-9a-f-]{36}\n$`));
    const json = JSON.parse((await plan(['create', '--current', 'bazaar_prod', '--desired', 'bazaar_dev', '--name', 'As JSON', '--delta', TABLES[0] ?? '', '--json'])).out) as { plan: { name: string } };
    expect(json.plan.name).toBe('As JSON');
  });

  test('create ends with 3 where nothing is open, and refuses half a question with a sentence', async () => {
    expect(await plan(['create', '--current', 'bazaar_prod', '--desired', 'bazaar_prod', '--name', 'Same', '--all'])).toMatchObject({ code: 3, out: expect.stringContaining('Nothing is open between bazaar_prod and bazaar_prod') });
    await expect(plan(['create', '--current', 'bazaar_prod', '--desired', 'bazaar_dev', '--name', 'x'])).rejects.toThrow('Say which differences');
    await expect(plan(['create', '--current', 'nowhere', '--desired', 'bazaar_dev', '--name', 'x', '--all'])).rejects.toThrow('No database called “nowhere” is declared here');
  });

  test('status takes an id or an address, and wait ends with 3 when the time is up, 0 when it is so', async () => {
    const id = await create('Waited in a terminal');
    expect(await plan(['status', `${stage.url}/plans/${id}?phase=create`])).toMatchObject({ code: 0, out: expect.stringMatching(/0 of 1 approvals\. Waits for a second person: .+ may sign\./) });
    expect(await plan(['wait', id, '--for', 'approved', '--timeout', '1'])).toMatchObject({ code: 3, notes: [expect.stringContaining('waits for a second person')] });
    for (const phase of (await facts(world, id)).stored.plan.phases) if (phase.kind !== 'cleanup') await done(approve(world, 'approver', id, phase.id));
    expect(await plan(['wait', id, '--for', 'approved'])).toMatchObject({ code: 0, out: expect.stringContaining('): approved. ') });
  });

  test('says what is wrong with its surroundings: no token, a wrong one, no Countersign there', async () => {
    await expect(plan(['status', 'x'], { COUNTERSIGN_TOKEN: '' })).rejects.toThrow('Set COUNTERSIGN_TOKEN');
    await expect(plan(['status', '00000000-0000-4000-8000-000000000000'], { COUNTERSIGN_TOKEN: `cs_${'x'.repeat(43)}` })).rejects.toThrow('There is no such token.');
    await expect(plan(['status', '00000000-0000-4000-8000-000000000000'])).rejects.toThrow(/There is no such plan/);
    const other = await serveHttp(async () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }));
    await expect(plan(['status', '00000000-0000-4000-8000-000000000000'], { COUNTERSIGN_URL: other })).rejects.toThrow('answered 200, and not as Countersign does');
    await expect(plan(['approve', 'x'])).rejects.toThrow('There is no command plan approve: create, status or wait.');
  });

  test('is a command of the binary, with its usage and exit code 2', async () => {
    const failed = await spawned([join(import.meta.dirname, 'bin.mjs'), 'plan', 'status', 'nonsense'], { COUNTERSIGN_URL: stage.url, COUNTERSIGN_TOKEN: token });
    expect(failed).toEqual({ code: 2, out: '', err: 'Name one plan, by its id or the address of its page.\n' });
  });
});

function spawned(args: readonly string[], environment: Record<string, string>): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...args], { cwd: folder, env: { NODE_ENV: 'production', PATH: `${folder}:${process.env.PATH ?? ''}`, ...environment } }, (_error, out, err) => resolve({ code: child.exitCode, out, err }));
  });
}

/** Stands in for GitHub's own command: says which comment is known, and keeps what it was asked to do. */
function standInForGh(known: string): void {
  const asked = JSON.stringify(join(folder, 'asked'));
  writeFileSync(join(folder, 'gh'), `#!${process.execPath}\nimport('node:fs').then(({ readFileSync, writeFileSync }) => {\n  const args = process.argv.slice(2);\n  if (args.includes('--paginate')) process.stdout.write(${JSON.stringify(known)});\n  else writeFileSync(${asked}, JSON.stringify({ args, body: JSON.parse(readFileSync(0, 'utf8')).body }));\n});\n`);
  chmodSync(join(folder, 'gh'), 0o755);
}

function askedOfGh(): { args: string[]; body: string } {
  return JSON.parse(readFileSync(join(folder, 'asked'), 'utf8')) as { args: string[]; body: string };
}

/** A step of the workflow as a runner carries it out: its script in a file without an ending, by Node. */
function step(name: string, given: Record<string, string> = {}): Promise<{ code: number | null; out: string; err: string }> {
  const after = readFileSync(join(import.meta.dirname, 'workflows/countersign.yml'), 'utf8').split(`- name: ${name}\n`)[1]?.split('run: |\n')[1] ?? '';
  const [script = ''] = after.split(/\n {0,9}\S/);
  writeFileSync(join(folder, 'script'), script.replaceAll(/^ {10}/gm, ''));
  return spawned([join(folder, 'script')], { COUNTERSIGN_URL: stage.url, COUNTERSIGN_TOKEN: token, CURRENT: 'bazaar_prod', DESIRED: 'bazaar_dev', ISSUE: 'repos/acme/shop/issues', PULL_REQUEST: '7', NAME: 'From a workflow', GITHUB_STEP_SUMMARY: join(folder, 'summary'), ...given });
}

describe('the workflow', () => {
  test('comments a pull request with the differences, what they cost and what is found in its plans, and keeps one comment up to date', async () => {
    standInForGh('');
    expect(await step('Comment with the comparison')).toEqual({ code: 0, out: '', err: '' });
    const { args, body } = askedOfGh();
    expect(args).toEqual(['api', '--silent', '--method', 'POST', 'repos/acme/shop/issues/7/comments', '--input', '-']);
    expect(body).toMatch(/^<!-- countersign -->\n### `bazaar_prod` → `bazaar_dev`\n\n\*\*\d+ open\*\* of \d+ differences: \d+ to add, \d+ to change, \d+ to remove\.\n\nOf all: \d+ × loses data/);
    expect(body).toMatch(/^\| remove \| `table:public\.bazaar-vid_\w+` \| loses data \|$/m);
    expect(body).toContain(`[Compare](${stage.url}/compare?current=bazaar_prod&desired=bazaar_dev)`);
    expect(body).toMatch(/\n\nPlans for `bazaar_prod`:\n- \[[^\]]+\]\(http\S+\/plans\/\S+\): not checked yet\. Nothing is found in it\.\n/);
    expect(body).toMatch(/\n- \[Everything\]\(http\S+\): not checked yet\. 5 findings block it, \d+ to know\.\n {2}- \*\*blocks\*\* Convert types of [^\n]*: 2 rows of public\.bazaar-vid_exports point at no row [^\n]*\n/);
    expect(body).not.toContain('Drop 13 kept tables');
    standInForGh('4711\n4712\n');
    await step('Comment with the comparison');
    expect(askedOfGh().args).toEqual(['api', '--silent', '--method', 'PATCH', 'repos/acme/shop/issues/comments/4711', '--input', '-']);
  });

  test('makes a plan, and fails with the sentence of a refusal', async () => {
    expect(await step('Make the plan')).toMatchObject({ code: 0, out: expect.stringMatching(/^Made a plan of \d+ phases.* http.*\/plans\/[0-9a-f-]+\n$/) });
    expect(await step('Make the plan', { CURRENT: 'nowhere' })).toMatchObject({ code: 1, out: expect.stringContaining('::error::Countersign: No database called “nowhere” is declared here') });
    expect(await step('Comment with the comparison', { COUNTERSIGN_TOKEN: `cs_${'x'.repeat(43)}` })).toMatchObject({ code: 1, out: '::error::Countersign: There is no such token. (token_invalid)\n' });
  });
});
