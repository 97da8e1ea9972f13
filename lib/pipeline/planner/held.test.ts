import { describe, expect, test } from 'vitest';
import { diff } from '../diff.ts';
import type { Plan } from '../plan.ts';
import type { Attribute, SchemaObject, Snapshot } from '../snapshot.ts';
import { makePlan } from './make-plan.ts';

const KEEP = 'countersign_7f3a1c52';

function snapshot(objects: readonly SchemaObject[], dependencies: Record<string, string[]> = {}): Snapshot {
  return { target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'x', serverVersion: 150018 }, takenAt: '2026-01-01T00:00:00Z', objects: [...objects], dependencies, estimates: {}, notCompared: [] };
}

function object(kind: SchemaObject['kind'], name: string, attributes: Record<string, Attribute>, parent: string | null = null, position: number | null = null): SchemaObject {
  return { id: parent === null ? `${kind}:public.${name}` : `${kind}:${parent.slice('table:'.length)}.${name}`, kind, schema: 'public', name, parent, position, attributes };
}

const table = (name: string) => object('table', name, { persistence: 'permanent', partitioned: false });
const column = (of: string, name: string, type: string, position: number, more: Record<string, Attribute> = {}) => object('column', name, { type, nullable: true, default: null, identity: null, generated: null, collation: null, ...more }, `table:public.${of}`, position);
const sequence = (name: string, ownedBy: string | null = null) => object('sequence', name, { type: 'bigint', start: '1', increment: '1', min: '1', max: '9223372036854775807', cache: '1', cycle: false, persistence: 'permanent', ownedBy });
const mood = (...labels: string[]) => object('enum', 'mood', { labels });
const NEXT = `nextval('public.t_n_seq'::regclass)`;

function plan(current: Snapshot, desiredSnapshot: Snapshot): Plan {
  const result = makePlan({ id: '7f3a1c52-0000-4000-8000-000000000001', name: 'p', target: 'prod', desired: 'dev', current, desiredSnapshot, deltaIds: diff(current, desiredSnapshot).map((delta) => delta.id), decisions: [], windowHours: 48, tolerance: { rowsPercent: 10 } });
  if (!result.ok) throw new Error(result.refusals.map((refusal) => refusal.sentence).join('; '));
  return result.plan;
}

function sqlOf(made: Plan, phaseId: string, way: 'statements' | 'undo' = 'statements'): string[] {
  return made.phases.filter((phase) => phase.id === phaseId).flatMap((phase) => phase.steps.flatMap((step) => step[way].map(({ sql }) => sql))).filter((sql) => !sql.startsWith('SELECT pg_catalog.set_config'));
}

const copied = (from: string, to: string) => expect.stringMatching(new RegExp(`^SELECT setval\\('${to.replace('.', '\\.')}'::regclass, .* FROM ${from.replace('.', '\\.')} p,`));

describe('what goes while something that is kept rests on it', () => {
  test('is set aside with its position when it is a sequence, and dropped by clean-up', () => {
    const made = plan(snapshot([sequence('ticket')]), snapshot([]));
    expect(made.phases.map((phase) => phase.id)).toEqual(['backup', 'remove', 'validate', 'cleanup']);
    expect(sqlOf(made, 'remove')).toEqual([`ALTER SEQUENCE public.ticket SET SCHEMA ${KEEP}`]);
    expect(sqlOf(made, 'remove', 'undo')).toEqual([`ALTER SEQUENCE ${KEEP}.ticket SET SCHEMA public`]);
    expect(made.phases[3]).toMatchObject({ title: 'Drop 1 kept object', checks: [] });
    expect(sqlOf(made, 'cleanup')[0]).toBe(`DROP SEQUENCE ${KEEP}.ticket RESTRICT`);
  });

  test('is set aside when a table that was set aside has columns of the type; without such a table it is dropped', () => {
    const current = (...more: SchemaObject[]) => snapshot([mood('sad'), ...more], { 'column:public.old.m': ['enum:public.mood'] });
    expect(sqlOf(plan(current(table('old'), column('old', 'm', 'public.mood', 1)), snapshot([])), 'remove')).toEqual([`ALTER TYPE public.mood SET SCHEMA ${KEEP}`]);
    expect(sqlOf(plan(current(), snapshot([])), 'remove')).toEqual(['DROP TYPE public.mood']);
  });

  test('makes room for a type of its name that is made anew, and takes its place again on the way back although a value could be added', () => {
    const stays = [table('t'), column('t', 'm', 'public.mood', 1)];
    const needs = { 'column:public.t.m': ['enum:public.mood'], 'column:public.old.m': ['enum:public.mood'] };
    const made = plan(snapshot([mood('sad', 'ok'), ...stays, table('old'), column('old', 'm', 'public.mood', 1)], needs), snapshot([mood('sad'), ...stays], needs));
    expect(sqlOf(made, 'adapt')).toEqual(expect.arrayContaining([`ALTER TYPE public.mood SET SCHEMA ${KEEP}`, `CREATE TYPE public.mood AS ENUM ('sad')`]));
    expect(sqlOf(made, 'adapt', 'undo').filter((sql) => sql.includes(' TYPE public.mood') && !sql.startsWith('ALTER TABLE') || sql.includes(KEEP))).toEqual(['DROP TYPE public.mood', `ALTER TYPE ${KEEP}.mood SET SCHEMA public`]);
  });

  test('goes along with its table when the table owns it', () => {
    const made = plan(snapshot([table('old'), column('old', 'n', 'bigint', 1), sequence('old_n_seq', 'column:public.old.n')]), snapshot([]));
    expect(made.phases.map((phase) => phase.id)).toEqual(['backup', 'empty', 'validate', 'cleanup']);
  });
});

describe('where numbers come from', () => {
  const serial = snapshot([table('t'), column('t', 'n', 'bigint', 1, { nullable: false, default: NEXT }), sequence('t_n_seq', 'column:public.t.n')], { 'default:public.t.n': ['sequence:public.t_n_seq'] });
  const identity = snapshot([table('t'), column('t', 'n', 'bigint', 1, { nullable: false, identity: 'ALWAYS' })]);

  test('an identity column goes on from the position of the sequence that it replaces, both ways', () => {
    const made = plan(serial, identity);
    expect(sqlOf(made, 'adapt').at(-1)).toEqual(copied(`${KEEP}.t_n_seq`, 'public.t_n_seq'));
    expect(sqlOf(made, 'adapt', 'undo')).toEqual(expect.arrayContaining([copied('public.t_n_seq', `${KEEP}.t_n_seq`), `ALTER SEQUENCE ${KEEP}.t_n_seq SET SCHEMA public`]));
  });

  test('the position of an identity column outlives it, and comes back to it', () => {
    const made = plan(identity, snapshot([table('t'), column('t', 'n', 'bigint', 1, { nullable: false })]));
    expect(sqlOf(made, 'adapt').slice(0, 3)).toEqual([expect.stringContaining('LOCK TABLE'), expect.stringContaining(`CREATE SEQUENCE ${KEEP}.t_n_position`), copied('public.t_n_seq', `${KEEP}.t_n_position`)]);
    expect(sqlOf(made, 'adapt', 'undo').slice(-2)).toEqual([copied(`${KEEP}.t_n_position`, 'public.t_n_seq'), `DROP SEQUENCE ${KEEP}.t_n_position RESTRICT`]);
    expect(sqlOf(made, 'cleanup')[0]).toBe(`DROP SEQUENCE ${KEEP}.t_n_position RESTRICT`);
  });

  test('a column that begins to number itself begins behind the numbers that are there', () => {
    const made = plan(snapshot([table('t'), column('t', 'n', 'bigint', 1, { nullable: false })]), identity);
    expect(sqlOf(made, 'adapt').at(-1)).toContain('max(n)');
  });
});
