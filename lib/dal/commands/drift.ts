import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { answerDrift as answer } from '#lib/store/drift.ts';
import { id, reason } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';

const answerInput = z.object({ driftId: id('the drift'), reason });

/** A person knows what changed outside every plan, and says why it is well. */
export const answerDriftSpec: CommandSpec<z.infer<typeof answerInput>, void> = {
  action: 'answer drift',
  roles: ['author', 'approver', 'operator', 'admin'],
  schema: answerInput,
  run: async (trx, { person }, input) => {
    const answered = await answer(trx, input.driftId, person.id, input.reason);
    if (!answered) throw new Refused('not_found', 'Somebody has already answered this.');
    return { sentence: `Answered: what changed in ${answered.database} is known.`, reason: input.reason, detail: { database: answered.database, driftId: input.driftId } };
  },
};

export const answerDrift = command(answerDriftSpec);
