import { expect, test } from 'vitest';
import { measurePhase } from '#lib/pg/measure.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import { back, cleanUp, forward, MODES, planOf } from '#lib/testing/carried-scene.ts';
import { freshDatabase } from '#lib/testing/database.ts';

/** Tables of a role that nobody is, but that the operator is a member of: as a DBA sets it up who does not hand out the application's own role. */
const TABLES = (id: string, owner: string): string => `
  CREATE TABLE public.film (id ${id} PRIMARY KEY, title text);
  CREATE TABLE public.showing (id ${id} PRIMARY KEY, film_id ${id} NOT NULL CONSTRAINT showing_film REFERENCES public.film (id) ON DELETE CASCADE);
  CREATE STATISTICS public.showing_stats ON id, film_id FROM public.showing;
  CREATE MATERIALIZED VIEW public.shown AS SELECT film_id, count(*) AS times FROM public.showing GROUP BY film_id;
  ALTER MATERIALIZED VIEW public.shown OWNER TO ${owner};
  ALTER STATISTICS public.showing_stats OWNER TO ${owner};
  ALTER TABLE public.film OWNER TO ${owner};
  ALTER TABLE public.showing OWNER TO ${owner};`;

test.each(MODES)('tables of a role that the operator is only a member of are converted, there and back, and stay that role’s (%s)', async (mode, pause) => {
  // Roles are the server's, and outlive the database of a test.
  const owner = 'owner_of_films';
  const [prod, dev] = await Promise.all([freshDatabase(), freshDatabase()]);
  const [superuser, other] = await Promise.all([prod.client(), dev.client()]);
  await superuser.query(`DO $$ BEGIN CREATE ROLE ${owner}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$; GRANT ${owner} TO bazaar_operator; GRANT CREATE ON SCHEMA public TO ${owner}; ${TABLES('text', owner)}`);
  await other.query(TABLES('uuid', owner));
  const client = await prod.client('operator');
  const one = { prod, client, plan: await planOf(client, await dev.client('operator'), pause) };
  await one.client.query(`INSERT INTO public.film SELECT gen_random_uuid(), 'film ' || i FROM generate_series(1, 50) i; INSERT INTO public.showing SELECT gen_random_uuid(), id FROM public.film`);
  await forward(one, 'backup', 'convert', 'convert-swap', 'validate');
  const seen = async () => (await one.client.query<{ owner: string; type: string }>(`SELECT r.rolname AS owner, format_type(a.atttypid, a.atttypmod) AS type FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id' WHERE c.oid IN ('public.film'::regclass, 'public.showing'::regclass) UNION ALL SELECT r.rolname, 'statistics' FROM pg_statistic_ext s JOIN pg_roles r ON r.oid = s.stxowner WHERE s.stxnamespace = 'public'::regnamespace UNION ALL SELECT matviewowner, 'view' FROM pg_matviews WHERE schemaname = 'public'`)).rows;
  expect(await seen(), mode).toEqual(['uuid', 'uuid', 'statistics', 'view'].map((type) => ({ owner, type })));
  await back(one, 'validate', 'convert-swap', 'convert');
  expect(await seen()).toEqual(['text', 'text', 'statistics', 'view'].map((type) => ({ owner, type })));
  await forward(one, 'convert', 'convert-swap', 'validate');
  expect((await one.client.query(`DELETE FROM public.film`)).rowCount, 'the key looks through the rows with the owner’s rights').toBe(50);
  expect((await one.client.query(`SELECT FROM public.showing`)).rowCount).toBe(0);
  await cleanUp(one);
});

test.each(MODES)('a role that is to own what is made anew and may make nothing in its schema stops the signature, with the statement that mends it (%s)', async (_mode, pause) => {
  // Roles outlive the database: the other mode grants its own.
  const owner = `without_a_place_${pause === undefined ? 1 : 2}`;
  const [prod, dev] = await Promise.all([freshDatabase(), freshDatabase()]);
  const [superuser, other] = await Promise.all([prod.client('superuser'), dev.client()]);
  await superuser.query(`DO $$ BEGIN CREATE ROLE ${owner}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$; ${TABLES('text', owner)}`);
  await other.query(TABLES('uuid', owner));
  const [client, reader] = await Promise.all([prod.client('operator'), prod.client('reader')]);
  const plan = await planOf(client, await dev.client('operator'), pause);
  const said = async () => {
    // The phase in which the tables change places; in one transaction it is the one that converts them.
    const phase = plan.phases.findLast(({ kind }) => kind === 'convert');
    if (!phase) throw new Error('nothing is converted');
    return judge(phase, await measurePhase(reader, phase, { operator: 'bazaar_operator' })).filter(({ code }) => code === 'OPERATOR_RIGHTS').map(({ sentence }) => sentence);
  };
  expect(await said()).toEqual([
    'The operator bazaar_operator does not own public.film, public.showing and public.shown, and only an owner may alter a table. Let it act as the role that owns them, as the README says under “Your own databases”, then measure again.',
    `${owner} may make nothing in the schema public, and what this phase makes there is to be its own: GRANT CREATE ON SCHEMA public TO ${owner}, then measure again.`,
    `The operator bazaar_operator is not a member of ${owner}, to which this phase gives something: GRANT ${owner} TO bazaar_operator, then measure again.`,
  ]);
  await superuser.query(`GRANT ${owner} TO bazaar_operator`);
  expect(await said()).toEqual([`${owner} may make nothing in the schema public, and what this phase makes there is to be its own: GRANT CREATE ON SCHEMA public TO ${owner}, then measure again.`]);
  await superuser.query(`GRANT CREATE ON SCHEMA public TO ${owner}`);
  expect(await said()).toEqual([]);
});
