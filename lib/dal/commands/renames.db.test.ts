import { beforeEach, expect, test, vi } from 'vitest';
import type { DatabaseConfig } from '#lib/env.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { facts, SIDES } from '#lib/testing/bazaar-plan.ts';
import { carryOut, rollBack } from '#lib/testing/journey.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import type { CompareDto } from '../dto/compare.ts';
import { readingsKept } from '../keeping.ts';
import { compareObject, loadCompare } from '../load-compare.ts';
import { decideDeltaSpec, decideRenameSpec, readAgainSpec, withdrawDecisionSpec } from './compare.ts';
import { createPlanSpec } from './plans.ts';

type Real = { databaseNamed: (name: string, env?: { databases: readonly DatabaseConfig[] }) => DatabaseConfig };

const stage = vi.hoisted((): { world: World | null; personId: string | null } => ({ world: null, personId: null }));
vi.mock('../session.ts', () => ({ sessionPersonId: async () => stage.personId }));
function env() {
  return { databases: stage.world?.databases ?? [], policy: POLICY, sources: { scratchUrl: null, migrations: [] }, demo: false, oidc: null };
}
vi.mock('../control.ts', async () => {
  const real = await vi.importActual<Real>('../control.ts');
  return { control: () => stage.world?.db, configuration: env, databaseNamed: (name: string, given?: { databases: readonly DatabaseConfig[] }) => real.databaseNamed(name, given ?? env()) };
});

const TABLE = 'rename:table:public.member→table:public.person';
const COLUMN = 'rename:column:public.letter.recipient→column:public.letter.addressee';
const PROD = `
  create table public.member (id int primary key, mail text not null unique, born date);
  create table public.letter (id int primary key, recipient text references public.member (mail), body text);
  create view public.directory as select id, mail from public.member;
  insert into public.member select n, 'm' || n, null from generate_series(1, 20) n;
  insert into public.letter select n, 'm' || n, 'x' from generate_series(1, 10) n;`;
const DEV = `
  create table public.person (id int constraint member_pkey primary key, mail text not null constraint member_mail_key unique, born date);
  create table public.letter (id int primary key, addressee text constraint letter_recipient_fkey references public.person (mail), body text, sent_at timestamptz);
  create view public.directory as select id, mail from public.person;`;

let world: World;
beforeEach(async () => {
  world = await freshWorld();
  stage.world = world;
  stage.personId = world.people.viewer.id;
  await (await world.prod.client('operator')).query(PROD);
  await (await world.dev.client('operator')).query(DEV);
  await done(act(world, 'author', readAgainSpec, SIDES));
});

async function compared(): Promise<CompareDto> {
  const dto = await loadCompare(SIDES);
  if ('refused' in dto) throw new Error(dto.refused.sentence);
  return dto;
}

const detail = (object: string) => compareObject({ db: world.db, person: { ...world.people.viewer, roles: ['viewer'], disabledAt: null }, request: new Request('http://x'), params: {} } as never, { ...SIDES, object });
const deltasOf = async (object: string) => (await detail(object)).group.deltas.map((delta) => delta.id);
const take = (renameId: string, person: 'author' | 'viewer' = 'author') => act(world, person, decideRenameSpec, { ...SIDES, renameId, verdict: 'renamed', reason: 'sprint 91' });

test('what looks renamed is asked, with what speaks for it, and both stay differences until an author says that they are one', async () => {
  const ours = (await compared()).renames.proposed.filter((rename) => [TABLE, COLUMN].includes(rename.id));
  expect(ours.map((rename) => [rename.id, rename.groups])).toEqual([[TABLE, ['table:public.member', 'table:public.person']], [COLUMN, ['table:public.letter']]]);
  expect(ours[1]?.evidence).toBe('the same type, default and settings (text) and the same place in the table (2)');
  expect(await deltasOf('table:public.letter')).toEqual(expect.arrayContaining(['remove:column:public.letter.recipient', 'add:column:public.letter.addressee']));
  expect((await detail('table:public.letter')).statements.flatMap((statement) => statement.hazardCodes)).toContain('LOSES_DATA');

  expect(await take(TABLE, 'viewer')).toMatchObject({ status: 'refused', code: 'not_allowed' });
  expect(await take('rename:table:public.member→table:public.letter')).toMatchObject({ status: 'refused', code: 'not_found' });
  expect(await act(world, 'author', decideRenameSpec, { ...SIDES, renameId: TABLE, verdict: 'renamed', reason: ' ' })).toMatchObject({ status: 'refused', code: 'reason_required' });
  expect((await done(take(TABLE))).sentence).toBe('Taken as a rename: table public.member in bazaar_prod is table public.person in bazaar_dev.');
  expect(await take(TABLE)).toMatchObject({ status: 'refused', code: 'not_found' });
  const { rows } = await (await world.control.client('owner')).query(`select body::jsonb ->> 'reason' as reason, body::jsonb -> 'detail' ->> 'said' as said from audit_entry where action = 'decide rename'`);
  expect(rows).toEqual([{ reason: 'sprint 91', said: 'Taken as a rename: table public.member in bazaar_prod is table public.person in bazaar_dev.' }]);

  expect(await deltasOf('table:public.person')).toEqual([TABLE]);
  await expect(detail('table:public.member')).rejects.toMatchObject({ refusal: { code: 'not_found' } });
  const person = await detail('table:public.person');
  expect(person.renames.map(({ id, answer }) => [id, answer?.verdict, answer?.by])).toEqual([[TABLE, 'renamed', 'Author']]);
  expect(person.statements.map((statement) => statement.sql)).toEqual(['ALTER TABLE public.member RENAME TO person']);
  // It is a difference like any other now, and can wait like any other.
  await done(act(world, 'author', decideDeltaSpec, { ...SIDES, deltaId: TABLE, verdict: 'later', reason: 'not this sprint' }));
  expect((await detail('table:public.person')).group.deltas[0]?.decision?.verdict).toBe('later');
});

test('a no is kept and asked no more, and taken back the question is there again', async () => {
  await done(act(world, 'author', decideRenameSpec, { ...SIDES, renameId: COLUMN, verdict: 'not_renamed', reason: 'another thing' }));
  expect((await compared()).renames.proposed.map((rename) => rename.id)).not.toContain(COLUMN);
  const [answered] = (await detail('table:public.letter')).renames;
  expect(answered).toMatchObject({ id: COLUMN, answer: { verdict: 'not_renamed', reason: 'another thing' } });
  expect((await done(act(world, 'author', withdrawDecisionSpec, { decisionId: answered?.answer?.id ?? '' }))).sentence).toContain('is open again');
  expect((await compared()).renames.proposed.map((rename) => rename.id)).toContain(COLUMN);
});

test('a rename that says nothing about the two any more is told by name, and both are differences again', async () => {
  await done(take(COLUMN));
  await (await world.prod.client('operator')).query('alter table public.letter add column addressee text');
  await done(act(world, 'author', readAgainSpec, SIDES));
  const { renames } = await compared();
  expect(renames.lapsed.map(({ what, why, by }) => [what, why, by])).toEqual([['column public.letter.recipient is called addressee', 'bazaar_prod has column public.letter.addressee too, so these are two.', 'Author']]);
  expect(await deltasOf('table:public.letter')).toContain('remove:column:public.letter.recipient');
});

test('a plan with renames that were taken goes forward and back with a worker, and loses no row', async () => {
  startWorker(world);
  await done(take(TABLE));
  await done(take(COLUMN));
  const deltaId = [TABLE, COLUMN, 'add:column:public.letter.sent_at'];
  expect(await act(world, 'author', createPlanSpec, { ...SIDES, deltaId: ['add:column:public.letter.sent_at', 'remove:column:public.letter.recipient'], name: 'x', windowHours: '1' })).toMatchObject({ status: 'refused', code: 'cannot_plan' });
  const planId = (await done(act(world, 'author', createPlanSpec, { ...SIDES, deltaId, name: 'Names', windowHours: '1' }))).to?.split('/').at(-1) ?? '';
  const { plan } = (await facts(world, planId)).stored;
  expect(plan.decisions.map(({ deltaId: id, verdict }) => [id, verdict])).toEqual([[TABLE, 'renamed'], [COLUMN, 'renamed']]);
  const ids = plan.phases.map((phase) => phase.id).filter((id) => !['validate', 'cleanup'].includes(id));
  expect(ids[0]).toBe('rename');
  const runs: string[] = [];
  for (const id of ids) runs.push(await carryOut(world, planId, id));
  const client = await world.prod.client('superuser');
  const read = async (query: string) => (await client.query(query)).rows[0].n;
  expect(await read('select count(*)::int as n from public.letter l join public.person p on p.mail = l.addressee where l.sent_at is null')).toBe(10);
  expect(await read('select count(*)::int as n from public.directory')).toBe(20);
  expect((await compared()).renames.lapsed).toEqual([]);
  expect((await compared()).list.lines.filter((line) => line.line === 'object').map((line) => line.id)).not.toContain('table:public.person');
  // The view rests on the table, and no plan names it.
  await readingsKept(world.db);
  expect((await world.db.selectFrom('drift').select(['outside', 'differences']).where('database_name', '=', 'bazaar_prod').execute()).map(({ outside, differences }) => [outside, differences > 0])).toEqual([[0, true]]);
  for (const runId of runs.toReversed()) await rollBack(world, runId);
  expect(await read('select count(*)::int as n from public.letter l join public.member m on m.mail = l.recipient')).toBe(10);
}, 120_000);
