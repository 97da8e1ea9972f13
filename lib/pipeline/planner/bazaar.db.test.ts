import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { measurePrice } from '#lib/pg/price.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { diff } from '../diff.ts';
import { expectedFromEvidence } from '../expectation.ts';
import type { Evidence } from '../evidence.ts';
import { findPhase, type OrphanDecision, type Phase, type Plan, type Statement } from '../plan.ts';
import { judge } from '../preflight.ts';
import { rollbackSteps } from '../rollback.ts';
import { fingerprint, type Snapshot } from '../snapshot.ts';
import { makePlan } from './make-plan.ts';

const PLAN_ID = '7f3a1c52-0000-4000-8000-000000000001';
const PROJECT_KEY = 'bazaar-vid_exports_project_id_bazaar-vid_project_id_fk';
const EXPORT_KEY = 'bazaar-vid_export_analytics_export_id_bazaar-vid_exports_id_fk';
const REMOVE: OrphanDecision = { verdict: 'delete', reason: 'the project was deleted' };
const KEPT = ['bazaar-vid_project_memory', 'bazaar-vid_metric', 'bazaar-vid_agent_message'];

/** The differences that the team of the runbooks chose: all but the foreign schemas and the legacy tables. */
function chosenIds(current: Snapshot, desired: Snapshot): string[] {
  return diff(current, desired)
    .filter((delta) => !['auth', 'neon_auth', 'pgrst'].includes((delta.desired ?? delta.current)?.schema ?? '') && !KEPT.includes((delta.desired ?? delta.current)?.name ?? ''))
    .filter((delta) => !(delta.kind === 'schema'))
    .map((delta) => delta.id);
}

async function pair(orphanDecisions: Record<string, OrphanDecision> = { [PROJECT_KEY]: REMOVE, [EXPORT_KEY]: REMOVE }, prepare: readonly string[] = []) {
  const [prod, dev] = await Promise.all([freshDatabase({ template: 'bazaar_prod' }), freshDatabase({ template: 'bazaar_dev' })]);
  const [reader, devReader, operator] = await Promise.all([prod.client('reader'), dev.client('reader'), prod.client('operator')]);
  for (const sql of prepare) await operator.query(sql);
  const [current, desiredSnapshot] = await Promise.all([introspect(reader), introspect(devReader)]);
  const result = makePlan({ id: PLAN_ID, name: 'Bazaar', target: 'bazaar_prod', desired: 'bazaar_dev', current, desiredSnapshot, deltaIds: chosenIds(current, desiredSnapshot), decisions: [], windowHours: 48, tolerance: { rowsPercent: 10 }, orphanDecisions });
  if (!result.ok) throw new Error(result.refusals.map((refusal) => refusal.sentence).join('\n'));
  return { reader, operator, current, desiredSnapshot, plan: result.plan };
}

/** What the executor does, without ledger and locks' patience: statements one by one in one transaction a step. */
async function runSteps(client: Client, phase: Phase, evidence: Evidence, steps = phase.steps): Promise<Record<string, string>> {
  const actual: Record<string, string> = {};
  for (const step of steps) {
    await client.query(step.isolation ? 'begin isolation level repeatable read' : 'begin');
    await client.query('set local search_path = pg_catalog');
    for (const statement of step.statements) await runStatement(client, phase, evidence, statement, actual);
    expect((await client.query('commit')).command).toBe('COMMIT');
  }
  return actual;
}

async function runStatement(client: Client, phase: Phase, evidence: Evidence, statement: Statement, actual: Record<string, string>): Promise<void> {
  if (statement.do === 'execute') await client.query(statement.sql);
  if (statement.do === 'copy') {
    let last: string | null = null;
    for (;;) {
      const row: { rows: number; last: string | null } | undefined = (await client.query(statement.sql, [last, 50])).rows[0];
      if (!row || row.rows === 0) break;
      last = row.last;
    }
  }
  if (statement.do === 'assert') {
    const expected = statement.expect.from === 'literal' ? statement.expect.value : statement.expect.from === 'sql' ? await oneValue(client, statement.expect.sql) : statement.expect.from === 'evidence' ? expectedFromEvidence(statement.expect, phase, evidence) : statement.expect.from;
    actual[statement.label] = await oneValue(client, statement.sql);
    expect(`${statement.label}: ${actual[statement.label] ?? ''}`).toBe(`${statement.label}: ${String(expected)}`);
  }
}

async function oneValue(client: Client, sql: string): Promise<string> {
  const result = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return String(result.rows[0]?.[0]);
}

function phaseOf(plan: Plan, id: string): Phase {
  const phase = findPhase(plan, id);
  if (!phase) throw new Error(`no phase ${id} among ${plan.phases.map((one) => one.id).join(', ')}`);
  return phase;
}

async function checksum(client: Client, table: string): Promise<string> {
  return oneValue(client, `select count(*) || ' ' || sum(hashtextextended(t::text, 0)::numeric) from public."${table}" t`);
}

async function publicTables(client: Client): Promise<number> {
  return Number(await oneValue(client, `select count(*) from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`));
}

async function apply(reader: Client, operator: Client, plan: Plan, id: string): Promise<Record<string, string>> {
  const phase = phaseOf(plan, id);
  const evidence = await measurePhase(reader, phase);
  expect(judge(phase, evidence).filter((finding) => finding.severity === 'blocking')).toEqual([]);
  const actual = await runSteps(operator, phase, evidence);
  for (const assertion of phase.verifications) await runStatement(operator, phase, evidence, { do: 'assert', ...assertion }, actual);
  return actual;
}

describe('the Bazaar migration as planned', () => {
  test('has the phases of the runbook in the order of a careful DBA', async () => {
    const { plan } = await pair();
    expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'convert', 'duplicate', 'empty', 'create', 'validate', 'cleanup']);
    expect(phaseOf(plan, 'empty').steps).toHaveLength(4);
    expect(phaseOf(plan, 'create').price).toHaveLength(10);
  });

  test('takes 31 tables to 26 and then to 36, exports 134 to 132 and analytics 379 to 373', async () => {
    const { reader, operator, plan } = await pair();
    expect(await publicTables(reader)).toBe(31);
    await apply(reader, operator, plan, 'backup');
    const converted = await apply(reader, operator, plan, 'convert');
    expect(converted).toMatchObject({
      'rows of bazaar-vid_exports set aside as orphans': '2',
      'rows of bazaar-vid_export_analytics set aside as orphans': '6',
      'rows of bazaar-vid_exports after the copy': '132',
      'rows of bazaar-vid_export_analytics after the copy': '373',
    });
    await apply(reader, operator, plan, 'duplicate');
    await apply(reader, operator, plan, 'empty');
    expect(await publicTables(reader)).toBe(26);
    await apply(reader, operator, plan, 'create');
    expect(await publicTables(reader)).toBe(36);
    await apply(reader, operator, plan, 'validate');
  });

  test('leaves nothing of the chosen differences behind', async () => {
    const { reader, operator, plan, desiredSnapshot } = await pair();
    for (const id of ['backup', 'convert', 'duplicate', 'empty', 'create', 'validate']) await apply(reader, operator, plan, id);
    const left = diff(await introspect(reader), desiredSnapshot).filter((delta) => plan.deltaIds.includes(delta.id));
    expect(left.map((delta) => delta.id)).toEqual([]);
  });

  test('comes back phase by phase to the same schema and the same rows', async () => {
    const { reader, operator, plan, current } = await pair();
    const before = [await checksum(reader, 'bazaar-vid_exports'), await checksum(reader, 'bazaar-vid_export_analytics')];
    const order = ['backup', 'convert', 'duplicate', 'empty', 'create'];
    for (const id of order) await apply(reader, operator, plan, id);
    for (const id of order.toReversed()) {
      const phase = phaseOf(plan, id);
      const steps = rollbackSteps(phase, phase.steps.map((step) => step.id));
      await runSteps(operator, phase, await measurePhase(reader, phase), steps);
    }
    expect(fingerprint((await introspect(reader)).objects)).toBe(fingerprint(current.objects));
    expect([await checksum(reader, 'bazaar-vid_exports'), await checksum(reader, 'bazaar-vid_export_analytics')]).toEqual(before);
    expect(before[0]).toMatch(/^134 /);
    expect(before[1]).toMatch(/^379 /);
  });

  test('goes forward again after the conversion was rolled back, and keeps the rows written in between', async () => {
    const { reader, operator, plan } = await pair();
    await apply(reader, operator, plan, 'backup');
    await apply(reader, operator, plan, 'convert');
    const phase = phaseOf(plan, 'convert');
    expect((await measurePrice(reader, phase, phase.steps.map((step) => step.id))).verdict).toBe('lossless');
    await operator.query(`insert into public."bazaar-vid_exports" (user_id, project_id, render_id) select user_id, project_id, 'after-the-swap' from public."bazaar-vid_exports" limit 1`);
    await operator.query(`update public."bazaar-vid_exports" set download_count = 999 where id = (select id from public."bazaar-vid_exports" where render_id <> 'after-the-swap' limit 1)`);
    expect(await measurePrice(reader, phase, phase.steps.map((step) => step.id))).toMatchObject({ verdict: 'loses', lost: { provenance: 'exact', value: 2 } });
    await runSteps(operator, phase, await measurePhase(reader, phase), rollbackSteps(phase, phase.steps.map((step) => step.id)));
    expect(await oneValue(reader, 'select count(*) from public."bazaar-vid_exports"')).toBe('134');
    expect(await oneValue(reader, `select count(*) from ${plan.keepSchema}."bazaar-vid_exports_written_since"`)).toBe('2');
    const again = await apply(reader, operator, plan, 'convert');
    expect(again['rows of bazaar-vid_exports after the copy']).toBe('132');
  });

  test('owner, grants and comments of tables and columns outlive the conversion, and default privileges add nothing', async () => {
    const { reader, operator, plan } = await pair(undefined, [
      'grant select, insert on public."bazaar-vid_exports" to bazaar_reader',
      'grant update (status) on public."bazaar-vid_exports" to bazaar_reader with grant option',
      `comment on table public."bazaar-vid_exports" is 'what people''s exports are'`,
      `comment on column public."bazaar-vid_exports".status is 'pending first'`,
      'alter default privileges grant delete on tables to public',
    ]);
    const facts = `select c.relowner::regrole::text, (select array_agg(a::text order by a::text) from unnest(c.relacl) a) as acl, obj_description(c.oid) as comment,
      (select array_agg(attname || coalesce(attacl::text, '') || coalesce(col_description(attrelid, attnum), '') order by attname) from pg_attribute where attrelid = c.oid and attnum > 0) as columns
      from pg_class c where c.oid = 'public."bazaar-vid_exports"'::regclass`;
    const before = (await reader.query(facts)).rows[0];
    await apply(reader, operator, plan, 'backup');
    await apply(reader, operator, plan, 'convert');
    expect((await reader.query(facts)).rows[0]).toEqual(before);
  });

  test('clean-up drops what was kept, and nothing else', async () => {
    const { reader, operator, plan } = await pair();
    for (const id of ['backup', 'convert', 'duplicate', 'empty', 'create', 'validate', 'cleanup']) await apply(reader, operator, plan, id);
    expect(await oneValue(reader, `select count(*) from pg_namespace where nspname like 'countersign\\_%'`)).toBe('0');
    expect(await publicTables(reader)).toBe(36);
  });

  test('an orphan that appears between measuring and the lock stops the step', async () => {
    const { reader, operator, plan } = await pair();
    await apply(reader, operator, plan, 'backup');
    const phase = phaseOf(plan, 'convert');
    const evidence = await measurePhase(reader, phase);
    await operator.query(`insert into public."bazaar-vid_exports" (id, user_id, project_id, render_id) select gen_random_uuid()::text, user_id, gen_random_uuid()::text, 'late' from public."bazaar-vid_exports" limit 1`);
    await expect(runSteps(operator, phase, evidence)).rejects.toMatchObject({ actual: expect.stringContaining('set aside as orphans: 3') });
  });

  test('a value that grows too long between measuring and the lock stops the step, and is not cut off', async () => {
    const { reader, operator, plan } = await pair();
    await apply(reader, operator, plan, 'backup');
    const phase = phaseOf(plan, 'convert');
    const evidence = await measurePhase(reader, phase);
    await operator.query(`alter table public."bazaar-vid_user" alter column id type text`);
    await operator.query(`update public."bazaar-vid_exports" set user_id = rpad(user_id, 300, 'x') where id = (select min(id) from public."bazaar-vid_exports")`);
    await operator.query(`insert into public."bazaar-vid_user" (id, email) select user_id, 'long@example.test' from public."bazaar-vid_exports" where length(user_id) = 300`);
    await expect(runSteps(operator, phase, evidence)).rejects.toMatchObject({ code: '22001' });
  });

  test('a row that breaks a new check is counted before anybody signs', async () => {
    const { reader, operator, plan } = await pair();
    await operator.query(`update public."bazaar-vid_exports" set format = 'betamax' where id = (select id from public."bazaar-vid_exports" limit 1)`);
    const phase = phaseOf(plan, 'convert');
    const findings = judge(phase, await measurePhase(reader, phase)).filter((finding) => finding.severity === 'blocking');
    expect(findings.map((finding) => finding.sentence).join(' ')).toMatch(/1 row of public.bazaar-vid_exports breaks the new rule bazaar-vid_exports_format_check/);
  });

  test('without a decision on the orphans, judging blocks and names both sets', async () => {
    const { reader, plan } = await pair({});
    const phase = phaseOf(plan, 'convert');
    const sentences = judge(phase, await measurePhase(reader, phase)).filter((finding) => finding.severity === 'blocking').map((finding) => finding.sentence);
    expect(sentences.join(' ')).toMatch(/2 .*exports/);
    expect(sentences.join(' ')).toMatch(/6 .*export_analytics/);
  });
});
