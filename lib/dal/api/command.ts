import 'server-only';
import { Refused } from '#lib/pipeline/refusal.ts';
import { readAgainSpec } from '../commands/compare.ts';
import type { ActionState } from '../dto/answer.ts';
import { perform, type CommandSpec } from '../perform.ts';
import type { ApiContext } from './endpoint.ts';
import { Masked } from './problems.ts';

/** Has a command do it, the same that the button does, as the owner of the token. Throws Refused with its refusal. */
export async function asCommand<I, P>({ db, env, person, token }: ApiContext, spec: CommandSpec<I, P>, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Extract<ActionState, { status: 'done' }>> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
  const state = await perform({ db, env, token }, person.id, spec, form);
  if (state.status === 'refused') throw new Refused(state.code, state.sentence);
  if (state.status === 'surprise') throw new Masked(state.errorId);
  if (state.status !== 'done') throw new Error(`${spec.action} said nothing`);
  return state;
}

export async function readSidesAnew(context: ApiContext, { current, desired }: { current: string; desired: string }): Promise<void> {
  await asCommand(context, readAgainSpec, { current, desired });
}
