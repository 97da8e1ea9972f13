import 'server-only';
import { z } from 'zod';
import { sqlState } from '#lib/pg/sqlstate.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { addSourceText, archiveSourceText } from '#lib/store/source-texts.ts';
import { saveSnapshot } from '#lib/store/snapshots.ts';
import { reason, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { snapshotOf } from '../comparison.ts';
import { databaseNamed } from '../control.ts';
import { keptReading, oneText, replayed } from '../sources.ts';

export const MOST_CHARACTERS = 8_000_000;

const addInput = z.object({
  name: z.string({ error: 'Give the text a name.' }).trim().min(1, 'Give the text a name.').transform((name) => (name.toLowerCase().endsWith('.sql') ? name.replace(/\.sql$/i, '.sql') : `${name}.sql`))
    .refine((name) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,80}(\.[A-Za-z0-9_-]{1,20}){0,3}\.sql$/.test(name), 'A name holds letters, digits, dots, - and _, and begins with a letter or digit.'),
  text: z.string({ error: 'The form lacks the SQL.' }).refine((text) => text.trim() !== '', 'There is no SQL in it.').refine((text) => text.length <= MOST_CHARACTERS, `The SQL may have at most ${MOST_CHARACTERS.toLocaleString('en-GB')} characters: leave the rows out (pg_dump -s).`).refine((text) => !text.includes('\0'), 'This is no SQL text.'),
  /** The other side, and which side the text takes. */
  other: word('the other side'),
  as: z.enum(['current', 'desired'], { error: 'Choose which side the text takes.' }),
  /** The database that the text changes; empty: it stands for itself. */
  onto: z.string().trim().max(100).default('').transform((name) => name || null),
});

/** Adds an SQL text as something to compare with: replayed at once, so that what is kept is known to stand. */
export const addSourceSpec: CommandSpec<z.infer<typeof addInput>, Snapshot> = {
  action: 'add source',
  roles: ['author'],
  schema: addInput,
  prepare: async ({ db, env }, input) => {
    const base = input.onto === null ? null : await keptReading(db, databaseNamed(input.onto, env).name);
    const onto = base && { name: base.database, snapshot: await snapshotOf(db, base.id) };
    return replayed(db, oneText(input.name, input.text), env.sources, env.databases.map((database) => database.name), onto ?? undefined).catch((error: unknown) => {
      throw onto ? error : withHint(error);
    });
  },
  run: async (trx, { person, env }, input, snapshot) => {
    if (env.databases.some((database) => database.name === input.name)) throw new Refused('invalid_input', 'A database is called that.');
    if ((await addSourceText(trx, { name: input.name, content: input.text, by: person.id, onto: input.onto })) === 'added') await saveSnapshot(trx, input.name, snapshot, person.id);
    const sides = input.as === 'current' ? { current: input.name, desired: input.other } : { current: input.other, desired: input.name };
    return { sentence: `Replayed ${input.name}: ${snapshot.objects.length.toLocaleString('en-GB')} objects.`, to: `/compare?${new URLSearchParams(sides).toString()}`, detail: { name: input.name, onto: input.onto, digest: snapshot.origin?.digest, objects: snapshot.objects.length } };
  },
};

/** What is not there may well be in a database that the text means to change. */
function withHint(error: unknown): unknown {
  if (!(error instanceof Refused) || error.refusal.code !== 'replay_failed' || !/^(?:42P01|42703|42704|3F000)$/.test(sqlState(error.cause) ?? '')) return error;
  return new Refused('replay_failed', `${error.refusal.sentence} If the text changes what a database has, choose that database under “Run it”.`, { cause: error });
}

export const addSource = command(addSourceSpec);

const archiveInput = z.object({ name: word('the name of the text', 200), reason });

/** Takes a text off the lists. It stays what it was for the plans and comparisons that name it. */
export const archiveSourceSpec: CommandSpec<z.infer<typeof archiveInput>, void> = {
  action: 'archive source',
  roles: ['author'],
  schema: archiveInput,
  run: async (trx, { person }, input) => {
    if (!(await archiveSourceText(trx, input.name, person.id, input.reason))) throw new Refused('not_found', `There is no text called ${input.name}, or somebody has archived it already.`);
    return { sentence: `Archived ${input.name}.`, to: '/compare', reason: input.reason, detail: { name: input.name } };
  },
};

export const archiveSource = command(archiveSourceSpec);
