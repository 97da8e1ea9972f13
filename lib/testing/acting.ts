import { perform, type CommandSpec } from '#lib/dal/perform.ts';
import type { ActionState } from '#lib/dal/dto/answer.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import type { PersonName, World } from './world.ts';

const NO_SOURCES = { scratchUrl: null, migrations: [] };

/** What commands need of a world; one without product databases will do for what happens in the control database alone. */
type Acting = Pick<World, 'db' | 'people' | 'databases' | 'sources'>;

type Fields = Readonly<Record<string, string | number | readonly string[]>>;

export const POLICY: Policy = { approvals: 1, approvalsDestructive: 1, approvalHours: 72, writePauseSeconds: 5, rehearsalRequired: [], teamRules: [] };

/** Sends a command as a person would: the same form, the same gate behind the session. */
export function act<I, P>(world: Acting, person: PersonName | null, spec: CommandSpec<I, P>, fields: Fields, policy: Policy = POLICY): Promise<ActionState> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, String(one));
  }
  return perform({ db: world.db, env: { databases: world.databases, policy, sources: world.sources ?? NO_SOURCES } }, person === null ? null : world.people[person].id, spec, form);
}

/** The sentence of a command that was carried out, or what it said instead. */
export async function done(state: Promise<ActionState>): Promise<Extract<ActionState, { status: 'done' }>> {
  const now = await state;
  if (now.status !== 'done') throw new Error(`expected done, got ${JSON.stringify(now)}`);
  return now;
}
