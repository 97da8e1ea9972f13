import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { counted } from '#lib/pipeline/words.ts';
import { renameId, renameOf, spokenId } from '#lib/pipeline/rename.ts';
import * as decisions from '#lib/store/decisions.ts';
import type { Reader } from '#lib/store/db.ts';
import { latestReading, type Reading } from '#lib/store/snapshots.ts';
import { type Comparison, comparisonDecided } from '../comparison.ts';
import { id, listOf, reason, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { keepSides, readSides, type SideRead } from '../readings.ts';

const pair = { current: word('the current database'), desired: word('the desired database') };
const readAgainInput = z.object(pair);
const decideInput = z.object({
  ...pair,
  deltaId: listOf(word('a difference')).refine((ids) => ids.length > 0, 'Choose at least one difference.'),
  verdict: z.enum(['not_needed', 'later', 'keep'], { error: 'Choose an answer: not needed, later, or keep.' }),
  reason,
});
const renameInput = z.object({
  ...pair,
  renameId: word('the rename'),
  verdict: z.enum(['renamed', 'not_renamed'], { error: 'Choose an answer: one under a new name, or two.' }),
  reason,
});
const withdrawInput = z.object({ decisionId: id('the decision') });

export const readAgainSpec: CommandSpec<z.infer<typeof readAgainInput>, SideRead[]> = {
  action: 'read databases',
  roles: ['viewer', 'author', 'approver', 'operator', 'admin'],
  token: 'read',
  schema: readAgainInput,
  prepare: (context, input) => readSides(context, [input.current, input.desired]),
  run: async (trx, { person }, input, read) => {
    await keepSides(trx, read, person.id);
    if (read.length === 0) return { sentence: 'Neither side can change: there was nothing to read again.', detail: { current: input.current, desired: input.desired } };
    const objects = read.map(({ name, snapshot }) => `${counted(snapshot.objects.length, 'object', 'objects')} in ${name}`);
    return { sentence: `Read ${objects.join(' and ')}.`, detail: { current: input.current, desired: input.desired, objects: Object.fromEntries(read.map(({ name, snapshot }) => [name, snapshot.objects.length])) } };
  },
};

/** The newest readings of both sides. */
async function pairOf(db: Reader, input: { current: string; desired: string }): Promise<{ current: Reading; desired: Reading }> {
  const [current, desired] = [await latestReading(db, input.current), await latestReading(db, input.desired)];
  if (!current || !desired) throw new Refused('not_found', 'These two databases were not read yet.');
  return { current, desired };
}

/** What can be decided of a pair, as it was read when the answer came. */
interface Open {
  readings: string;
  ids: ReadonlySet<string>;
}

/** Seconds of work for large databases, hence before the transaction. */
async function openOf(db: Reader, input: { current: string; desired: string }, idsOf: (comparison: Comparison) => readonly string[]): Promise<Open> {
  const { current, desired } = await pairOf(db, input);
  const { comparison } = await comparisonDecided(db, current, desired, input);
  return { readings: readingsOf({ current, desired }), ids: new Set(idsOf(comparison)) };
}

/** Throws Refused with the sentence when either side was read again meanwhile, or one of these was never open. */
async function expectOpen(trx: Reader, input: { current: string; desired: string }, open: Open, ids: readonly string[], sentence: string): Promise<void> {
  const readings = readingsOf(await pairOf(trx, input));
  if (readings !== open.readings || ids.some((id) => !open.ids.has(id))) throw new Refused('not_found', `${sentence} Look at them anew.`);
}

function readingsOf({ current, desired }: { current: Reading; desired: Reading }): string {
  return `${current.id} ${desired.id}`;
}

export const decideDeltaSpec: CommandSpec<z.infer<typeof decideInput>, Open> = {
  action: 'decide difference',
  roles: ['author'],
  schema: decideInput,
  prepare: ({ db }, input) => openOf(db, input, (comparison) => comparison.deltas.map((delta) => delta.id)),
  run: async (trx, { person }, input, open) => {
    await expectOpen(trx, input, open, input.deltaId, 'One of these differences no longer exists: the databases were read again.');
    await decisions.decide(trx, { current: input.current, desired: input.desired, deltaIds: [...new Set(input.deltaId)], verdict: input.verdict, reason: input.reason, by: person.id });
    const { length } = input.deltaId;
    return { sentence: `Decided ${length} ${length === 1 ? 'difference' : 'differences'}.`, reason: input.reason, detail: { current: input.current, desired: input.desired, verdict: input.verdict, deltaIds: input.deltaId } };
  },
};

export const decideRenameSpec: CommandSpec<z.infer<typeof renameInput>, Open> = {
  action: 'decide rename',
  roles: ['author'],
  schema: renameInput,
  prepare: ({ db }, input) => openOf(db, input, (comparison) => comparison.proposals().map(renameId)),
  run: async (trx, { person }, input, open) => {
    await expectOpen(trx, input, open, [input.renameId], 'These two do not look like one object any more: the databases were read again, or somebody has answered.');
    await decisions.decide(trx, { current: input.current, desired: input.desired, deltaIds: [input.renameId], verdict: input.verdict, reason: input.reason, by: person.id });
    const { from, to } = renameOf(input.renameId) ?? { from: '', to: '' };
    const sentence = input.verdict === 'renamed' ? `Taken as a rename: ${spokenId(from)} in ${input.current} is ${spokenId(to)} in ${input.desired}.` : `Not a rename: ${spokenId(from)} goes, and ${spokenId(to)} is new.`;
    return { sentence, reason: input.reason, detail: { current: input.current, desired: input.desired, verdict: input.verdict, from, to, said: sentence } };
  },
};

export const withdrawDecisionSpec: CommandSpec<z.infer<typeof withdrawInput>, void> = {
  action: 'withdraw decision',
  roles: ['author'],
  schema: withdrawInput,
  run: async (trx, { person }, input) => {
    const taken = await decisions.withdraw(trx, input.decisionId, person.id);
    if (!taken) throw new Refused('not_found', 'Someone has already withdrawn this decision.');
    const sentence = { renamed: 'The decision is withdrawn: one goes and one is new, and whether that is a rename is open again.', not_renamed: 'The decision is withdrawn; whether these two are one is open again.' }[String(taken.verdict)];
    return { sentence: sentence ?? 'The decision is withdrawn; the difference is open again.', detail: taken };
  },
};

export const readAgain = command(readAgainSpec);
export const decideDelta = command(decideDeltaSpec);
export const decideRename = command(decideRenameSpec);
export const withdrawDecision = command(withdrawDecisionSpec);
