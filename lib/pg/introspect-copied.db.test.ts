import { expect, test } from 'vitest';
import { sql } from '#lib/sql.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { Parsers } from './parsers.ts';
import { answered, linesOf, rowsOf } from './questions.ts';
import { copiedDependency, copiedRows } from './introspect-copied.ts';
import type { DependencyRow } from './introspect-links.ts';

/** Something of everything that has a field of its own, with what COPY writes behind a backslash. */
const SCHEMA = String.raw`
CREATE TABLE public."tab	le" (id bigint GENERATED ALWAYS AS IDENTITY, "line
break" text COLLATE "C" DEFAULT E'a\tb\\c\n', "back\slash" varchar(20) NOT NULL, "\N" text, kept int GENERATED ALWAYS AS (1 + 1) STORED, PRIMARY KEY (id), UNIQUE ("back\slash") DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE public."tab	le" ALTER "\N" SET STORAGE EXTERNAL, ALTER "\N" SET STATISTICS 7, ALTER "\N" SET (n_distinct = 5), ALTER "back\slash" SET COMPRESSION pglz;
CREATE TABLE public.child (id bigint NOT NULL REFERENCES public."tab	le" ON DELETE SET NULL ON UPDATE CASCADE, other text CHECK (other <> E'x\ty'), EXCLUDE USING hash (other WITH =), UNIQUE (id, other) WITH (fillfactor = 70));
CREATE TABLE public.heir (more int) INHERITS (public.child);
CREATE TABLE public.parts (a int, b text) PARTITION BY LIST (a);
CREATE TABLE public.part PARTITION OF public.parts FOR VALUES IN (1);
CREATE INDEX on_both ON public.parts (a, b);
CREATE UNIQUE INDEX "in	dex" ON public.child (lower(other), id) WHERE other <> E'q\\';
ALTER INDEX public."in	dex" ALTER COLUMN 1 SET STATISTICS 5;
CREATE VIEW public.seen AS SELECT * FROM public.child`;

test.each([14, 15, 18] as const)('on %i rows that come by COPY are those that come by the ordinary protocol, whatever their names hold', async (major) => {
  const database = await freshDatabase({ major });
  const client = await database.client('operator');
  await client.query(SCHEMA);
  await client.query(`SET search_path = ''`);
  const copied = copiedRows(new Parsers());
  for (const kind of ['column', 'constraint', 'index'] as const) {
    const [plain, fast]: Record<string, unknown>[][] = [[], []];
    await answered(client, [
      rowsOf<Record<string, unknown>>(sql(`introspect/${kind}_list`), (row) => plain?.push({ ...row })),
      linesOf(sql(`introspect/${kind}_list`), (line) => {
        const { look, ...row } = copied[kind](line);
        fast?.push({ ...row, ...(look as object | undefined) });
      }),
    ], new Parsers());
    expect(plain?.length).toBeGreaterThan(kind === 'column' ? 12 : 2);
    expect(fast).toMatchObject(plain ?? []);
  }
  const [plain, fast]: DependencyRow[][] = [[], []];
  const dependencies = sql('introspect/dependency_list');
  await answered(client, [rowsOf<DependencyRow>(dependencies, (row) => plain?.push({ ...row })), linesOf(dependencies, (line) => fast?.push(copiedDependency(line)))], new Parsers());
  expect(fast).toEqual(plain);
});
