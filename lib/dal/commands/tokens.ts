import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { createToken as makeToken, findToken, revokeToken as revoke, TOKEN_SCOPES } from '#lib/store/tokens.ts';
import { id } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { moment } from '../words.ts';

const createInput = z.object({
  name: z.string({ error: 'Give the token a name.' }).trim().min(1, 'Give the token a name: the log shows it.').max(100, 'The name may have at most 100 characters.'),
  scope: z.enum(TOKEN_SCOPES, { error: 'Choose what the token may do.' }),
  days: z.enum(['7', '30', '90', '365'], { error: 'Choose for how long the token counts.' }).transform(Number),
});
const revokeInput = z.object({ tokenId: id('the token') });

export const createTokenSpec: CommandSpec<z.infer<typeof createInput>, void> = {
  action: 'create token',
  roles: ['viewer', 'author', 'approver', 'operator', 'admin'],
  schema: createInput,
  run: async (trx, { person }, input) => {
    const scopes = input.scope === 'read' ? (['read'] as const) : TOKEN_SCOPES;
    const made = await makeToken(trx, { personId: person.id, name: input.name, scopes, days: input.days });
    return { sentence: `Made the token “${input.name}”.`, once: made.text, detail: { tokenId: made.id, prefix: made.prefix, name: input.name, scopes, days: input.days } };
  },
};

export const revokeTokenSpec: CommandSpec<z.infer<typeof revokeInput>, void> = {
  action: 'revoke token',
  roles: ['viewer', 'author', 'approver', 'operator', 'admin'],
  schema: revokeInput,
  run: async (trx, { person }, input) => {
    const token = await findToken(trx, input.tokenId);
    // To whom it does not belong it does not exist, unless they are an admin.
    if (!token || (token.personId !== person.id && !person.roles.includes('admin'))) throw new Refused('not_found', 'There is no such token.');
    if (!(await revoke(trx, token.id, person.id))) throw new Refused('not_found', `The token was revoked already${token.revokedAt ? `, ${moment(token.revokedAt)}` : ''}.`);
    return { sentence: `The token “${token.name}” counts no more, from the next request on.`, detail: { tokenId: token.id, prefix: token.prefix, name: token.name, owner: token.person } };
  },
};

export const createToken = command(createTokenSpec);
export const revokeToken = command(revokeTokenSpec);
