import { beforeAll, describe, expect, test, vi } from 'vitest';
import * as compareRoute from '#app/api/v1/compare/route.ts';
import * as databasesRoute from '#app/api/v1/databases/route.ts';
import * as planRoute from '#app/api/v1/plans/[planId]/route.ts';
import * as plansRoute from '#app/api/v1/plans/route.ts';
import * as waitRoute from '#app/api/v1/plans/[planId]/wait/route.ts';
import type { DatabaseConfig } from '#lib/env.ts';
import { listAudit } from '#lib/store/audit.ts';
import { findToken, type StoredToken } from '#lib/store/tokens.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { approve, phaseNow, SIDES } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type PersonName, type World } from '#lib/testing/world.ts';
import { approvePhaseSpec, requestChangesSpec } from '../commands/review.ts';
import { executePhaseSpec } from '../commands/runs.ts';
import { createPersonSpec, setRolesSpec } from '../commands/people.ts';
import { createTokenSpec, revokeTokenSpec } from '../commands/tokens.ts';
import type { ActionState } from '../dto/answer.ts';
import { perform, type CommandSpec } from '../perform.ts';
import { REQUESTS_PER_MINUTE } from './bearer.ts';
import { compared, databases, plan as planShape, planMade, plans, problem, waited } from './shapes.ts';

type Real = { databaseNamed: (name: string, env?: { databases: readonly DatabaseConfig[] }) => DatabaseConfig };

const stage = vi.hoisted((): { world: World | null } => ({ world: null }));
function env() {
  return { databases: stage.world?.databases ?? [], policy: POLICY, sources: { scratchUrl: null, migrations: [] }, nextAuthUrl: 'https://countersign.example.test' };
}
vi.mock('../control.ts', async () => {
  const real = await vi.importActual<Real>('../control.ts');
  return { control: () => stage.world?.db, configuration: env, databaseNamed: (name: string, given?: { databases: readonly DatabaseConfig[] }) => real.databaseNamed(name, given ?? env()) };
});

let world: World;
beforeAll(async () => {
  world = await freshWorld();
  stage.world = world;
});

type Route = (request: Request, context: { params: Promise<unknown> }) => Promise<Response>;

/** Next gives a route without names in its path no parameters at all, not none of them. */
async function ask(route: Route, token: string | null, path: string, options: { params?: object; body?: unknown; signal?: AbortSignal } = {}): Promise<{ status: number; headers: Headers; body: unknown }> {
  const headers: Record<string, string> = { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }) };
  const request = new Request(`https://countersign.example.test/api/v1${path}`, { headers, ...(options.signal ? { signal: options.signal } : {}), ...(options.body === undefined ? {} : { method: 'POST', body: JSON.stringify(options.body) }) });
  const answer = await route(request, { params: Promise.resolve(options.params) });
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

async function tokenOf(person: PersonName, scope: 'read' | 'plan:write', name = 'ci'): Promise<string> {
  const { once = '' } = await done(act(world, person, createTokenSpec, { name, scope, days: 30 }));
  expect(once).toMatch(/^cs_[\w-]{43}$/);
  return once;
}

async function storedOf(text: string): Promise<StoredToken> {
  const { id } = await world.db.selectFrom('api_token').select('id').where('prefix', '=', text.slice(0, 9)).executeTakeFirstOrThrow();
  const token = await findToken(world.db, id);
  if (!token) throw new Error('the token was not kept');
  return token;
}

const newest = async () => (await listAudit(world.db, {}, 1))[0];

describe('a token', () => {
  test('is shown once and kept as its hash: neither the tables nor the log hold it', async () => {
    const text = await tokenOf('author', 'read', 'shown once');
    const everything = JSON.stringify([await world.db.selectFrom('api_token').selectAll().execute(), await listAudit(world.db, {}, 50)]);
    expect(everything).toContain(text.slice(0, 9));
    expect(everything).not.toContain(text.slice(9));
  });

  test('is refused by what is wrong with it, with a challenge and without a body of data', async () => {
    const none = await ask(databasesRoute.GET, null, '/databases');
    expect(none).toMatchObject({ status: 401, body: { error: { code: 'token_invalid', sentence: expect.stringContaining('Send a token') } } });
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect(problem.safeParse(none.body).success).toBe(true);
    expect(await ask(databasesRoute.GET, `cs_${'x'.repeat(43)}`, '/databases')).toMatchObject({ status: 401, body: { error: { sentence: 'There is no such token.' } } });
    const text = await tokenOf('author', 'read', 'to be revoked');
    const { id } = await storedOf(text);
    expect(await act(world, 'approver', revokeTokenSpec, { tokenId: id })).toMatchObject({ status: 'refused', code: 'not_found' });
    await done(act(world, 'admin', revokeTokenSpec, { tokenId: id }));
    expect(await ask(databasesRoute.GET, text, '/databases')).toMatchObject({ status: 401, body: { error: { sentence: expect.stringMatching(/^The token “to be revoked” was revoked \d{4}-/) } } });
    const owner = await world.control.client('owner');
    const old = await tokenOf('author', 'read', 'old');
    await owner.query('alter table api_token disable trigger user');
    await owner.query("update api_token set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where prefix = $1", [old.slice(0, 9)]);
    await owner.query('alter table api_token enable trigger user');
    expect(await ask(databasesRoute.GET, old, '/databases')).toMatchObject({ status: 401, body: { error: { sentence: expect.stringMatching(/^The token “old” expired \d{4}-/) } } });
  });

  test('reads as its owner, is counted, and every request is in the log under its name', async () => {
    const text = await tokenOf('viewer', 'read', 'reader');
    const answer = await ask(databasesRoute.GET, text, '/databases');
    expect(answer.status).toBe(200);
    expect(databases.parse(answer.body).databases.map(({ name }) => name)).toEqual(['bazaar_prod', 'bazaar_dev']);
    expect(await newest()).toMatchObject({ actor: `Viewer <viewer@demo.test> by token “reader” (${text.slice(0, 9)}…)`, actorId: world.people.viewer.id, action: 'GET /api/v1/databases', detail: { asked: '/api/v1/databases', status: 200 } });
    expect((await storedOf(text)).lastUsedAt).toBeInstanceOf(Date);
  });

  test('of a person without access counts no more, and one may not make more than its share of requests', async () => {
    const text = await tokenOf('approver2', 'read', 'quick');
    await world.db.updateTable('api_token').set({ window_uses: REQUESTS_PER_MINUTE, window_started_at: new Date() }).where('prefix', '=', text.slice(0, 9)).execute();
    const busy = await ask(databasesRoute.GET, text, '/databases');
    expect(busy).toMatchObject({ status: 429, body: { error: { code: 'too_many_requests' } } });
    expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0);
    await world.db.updateTable('api_token').set({ window_started_at: new Date(Date.now() - 61_000) }).where('prefix', '=', text.slice(0, 9)).execute();
    expect(await ask(databasesRoute.GET, text, '/databases')).toMatchObject({ status: 200 });
    await world.db.updateTable('person').set({ disabled_at: new Date() }).where('id', '=', world.people.approver2.id).execute();
    expect(await ask(databasesRoute.GET, text, '/databases')).toMatchObject({ status: 401, body: { error: { sentence: 'The owner of this token has no access any more.' } } });
    await world.db.updateTable('person').set({ disabled_at: null }).where('id', '=', world.people.approver2.id).execute();
  });

  test('does not make plans without the scope, nor for an owner who is no author', async () => {
    const body = { ...SIDES, deltaIds: 'all', name: 'x' };
    expect(await ask(plansRoute.POST, await tokenOf('author', 'read'), '/plans', { body })).toMatchObject({ status: 403, body: { error: { code: 'token_forbidden' } } });
    expect(await ask(plansRoute.POST, await tokenOf('viewer', 'plan:write'), '/plans', { body })).toMatchObject({ status: 403, body: { error: { code: 'not_allowed', sentence: expect.stringContaining('needs the role author') } } });
    expect(await newest()).toMatchObject({ action: 'POST /api/v1/plans: refused', detail: { status: 403 } });
  });
});

/** The command as the owner of a token with every scope would have it. */
async function withToken<I, P>(person: PersonName, spec: CommandSpec<I, P>, fields: Record<string, string>): Promise<ActionState> {
  const token = await storedOf(await tokenOf(person, 'plan:write', `for ${spec.action}`));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return perform({ db: world.db, env: { ...env(), databases: world.databases }, token }, world.people[person].id, spec, form);
}

describe('what no token may', () => {
  test('is refused by name before anything is looked at: approving, requests for changes, runs, people, roles and tokens', async () => {
    for (const [person, spec] of [['approver', approvePhaseSpec], ['approver', requestChangesSpec], ['operator', executePhaseSpec], ['admin', createPersonSpec], ['admin', setRolesSpec], ['admin', createTokenSpec]] as const) {
      expect(await withToken(person, spec as CommandSpec<unknown, unknown>, {})).toMatchObject({ status: 'refused', code: 'token_forbidden', sentence: `No token may do “${spec.action}”: a person who is signed in does.` });
    }
  });

  test('is refused by the control database too, for a command that someone opened to tokens by mistake', async () => {
    const planId = await makePlan('Opened by mistake');
    const one = await phaseNow(world, planId, 'create');
    const opened = { ...approvePhaseSpec, token: 'read' as const };
    const fields = { planId, version: String(one.version), phaseId: 'create', digest: one.digest ?? '', comment: '' };
    expect(await withToken('approver', opened, fields)).toMatchObject({ status: 'refused', code: 'token_forbidden' });
    expect(await withToken('admin', { ...setRolesSpec, token: 'read' as const }, { personId: world.people.viewer.id, roles: 'approver' })).toMatchObject({ status: 'refused', code: 'token_forbidden' });
    expect(await world.db.selectFrom('approval').select('id').where('plan_id', '=', planId).execute()).toEqual([]);
  });
});

async function makePlan(name: string): Promise<string> {
  const answer = await ask(plansRoute.POST, await tokenOf('author', 'plan:write', name), '/plans', { body: { ...SIDES, deltaIds: await newTables(), name } });
  expect(answer.body, name).not.toHaveProperty('error');
  expect(answer.status).toBe(201);
  return planMade.parse(answer.body).plan.id;
}

async function newTables(): Promise<string[]> {
  const { body } = await ask(compareRoute.GET, await tokenOf('author', 'read'), '/compare?current=bazaar_prod&desired=bazaar_dev&limit=500');
  return compared.parse(body).deltas.filter((delta) => /^add:(table|enum):public\./.test(delta.id)).map((delta) => delta.id);
}

describe('/compare', () => {
  test('counts what differs, names each difference with what it costs, a page at a time', async () => {
    const text = await tokenOf('viewer', 'read');
    const whole = compared.parse((await ask(compareRoute.GET, text, '/compare?current=bazaar_prod&desired=bazaar_dev&fresh=1&limit=500')).body);
    expect(whole.identical).toBe(false);
    expect(whole.counts.differences).toBe(whole.deltas.length);
    expect(whole.counts.byChange.add + whole.counts.byChange.remove + whole.counts.byChange.change).toBe(whole.counts.differences);
    expect(whole.deltas.filter((delta) => delta.hazards.includes('loses')).length).toBe(whole.counts.byHazard.loses);
    expect(whole.counts.byHazard.loses).toBeGreaterThan(0);
    const ids: string[] = [];
    for (let offset: number | null = 0; offset !== null;) {
      const part: ReturnType<typeof compared.parse> = compared.parse((await ask(compareRoute.GET, text, `/compare?current=bazaar_prod&desired=bazaar_dev&limit=20&offset=${offset}`)).body);
      ids.push(...part.deltas.map((delta) => delta.id));
      offset = part.next;
    }
    expect(ids).toEqual(whole.deltas.map((delta) => delta.id));
    expect((await listAudit(world.db, { action: 'read databases' }, 1))[0]?.actor).toContain('by token “ci”');
  });

  test('says what is wrong with a question, and what there is not', async () => {
    const text = await tokenOf('viewer', 'read');
    expect(await ask(compareRoute.GET, text, '/compare?current=bazaar_prod')).toMatchObject({ status: 400, body: { error: { code: 'invalid_input', sentence: expect.stringContaining('desired') } } });
    expect(await ask(compareRoute.GET, text, '/compare?current=bazaar_prod&desired=bazaar_dev&limit=many')).toMatchObject({ status: 400, body: { error: { sentence: expect.stringContaining('limit') } } });
    expect(await ask(compareRoute.GET, text, '/compare?current=bazaar_prod&desired=nowhere')).toMatchObject({ status: 404, body: { error: { code: 'database_unknown' } } });
  });
});

describe('a plan made by a token', () => {
  test('is its owner’s: measured, open, and the owner does not approve it', async () => {
    const planId = await makePlan('From CI');
    const text = await tokenOf('viewer', 'read');
    const read = planShape.parse((await ask(planRoute.GET, text, `/plans/${planId}`, { params: { planId } })).body);
    expect(read).toMatchObject({ name: 'From CI', state: 'open', createdBy: 'Author', url: `https://countersign.example.test/plans/${planId}` });
    expect(read.phases.find((phase) => phase.id === 'create')).toMatchObject({ state: 'pending', approvals: { needed: 1, given: 0, by: [] }, sentence: expect.stringMatching(/^Waits for a second person: .+ may sign\.$/) });
    expect(await act(world, 'author', approvePhaseSpec, { planId, version: 1, phaseId: 'create', digest: 'a'.repeat(64), comment: '' })).toMatchObject({ status: 'refused' });
    const listed = plans.parse((await ask(plansRoute.GET, text, '/plans?name=From%20CI')).body);
    expect(listed).toMatchObject({ next: null, plans: [{ id: planId, state: 'open' }] });
    expect((await listAudit(world.db, { action: 'create plan' }, 1))[0]?.actor).toContain('by token “From CI”');
  });

  test('is refused with the sentence of the command, and an unknown id is 404', async () => {
    const text = await tokenOf('author', 'plan:write');
    expect(await ask(plansRoute.POST, text, '/plans', { body: { ...SIDES, deltaIds: ['add:table:public.invented'], name: 'x', fresh: false } })).toMatchObject({ status: 409, body: { error: { sentence: expect.stringMatching(/./) } } });
    expect(await ask(plansRoute.POST, text, '/plans', { body: { ...SIDES, name: 'x' } })).toMatchObject({ status: 400, body: { error: { sentence: expect.stringContaining('deltaIds') } } });
    const planId = '00000000-0000-4000-8000-000000000000';
    expect(await ask(planRoute.GET, text, `/plans/${planId}`, { params: { planId } })).toMatchObject({ status: 404 });
    expect(await ask(planRoute.GET, text, '/plans/nonsense', { params: { planId: 'nonsense' } })).toMatchObject({ status: 400 });
  });

  test('is waited for: the answer comes with the last signature and not when the time is up, and at once when it is so already', async () => {
    const planId = await makePlan('Waited for');
    const text = await tokenOf('viewer', 'read');
    const wait = (query: string, signal?: AbortSignal) => ask(waitRoute.GET, text, `/plans/${planId}/wait?${query}`, { params: { planId }, ...(signal ? { signal } : {}) });
    expect(waited.parse((await wait('for=approved&timeout=0')).body).outcome).toBe('waiting');
    const phases = planShape.parse((await ask(planRoute.GET, text, `/plans/${planId}`, { params: { planId } })).body).phases.filter((phase) => phase.kind !== 'cleanup');
    const answer = wait('for=approved&timeout=60');
    for (const phase of phases) await done(approve(world, 'approver', planId, phase.id));
    const reached = waited.parse((await answer).body);
    expect(reached).toMatchObject({ outcome: 'reached', plan: { state: 'approved', sentence: expect.stringContaining('waits for the operator') } });
    expect(waited.parse((await wait('for=approved')).body).outcome).toBe('reached');
    expect(await wait('for=approved&timeout=61')).toMatchObject({ status: 400 });
    const gone = new AbortController();
    const left = wait('for=finished&timeout=60', gone.signal);
    gone.abort();
    expect(waited.parse((await left).body).outcome).toBe('waiting');
  });

  test('is waited for by at most five requests of one token', async () => {
    const planId = await makePlan('Waited for by many');
    const text = await tokenOf('viewer', 'read');
    const gone = new AbortController();
    const wait = () => ask(waitRoute.GET, text, `/plans/${planId}/wait?for=finished&timeout=60`, { params: { planId }, signal: gone.signal });
    const six = Array.from({ length: 6 }, wait);
    const first = await Promise.race(six);
    expect(first).toMatchObject({ status: 429 });
    gone.abort();
    expect((await Promise.all(six)).map((answer) => answer.status).sort()).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
