import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';

/** The fields of a form: a text, or a list where a name stands more than once. Files and React's own fields are left out. */
export function formValues(form: FormData): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const texts = form.getAll(name).filter((value) => typeof value === 'string');
    const first = texts[0];
    if (name.startsWith('$ACTION') || first === undefined) continue;
    values[name] = texts.length > 1 ? texts : first;
  }
  return values;
}

/** The form as the schema wants it. Refused with the first thing that is wrong with it, in words. */
export function parsed<T>(schema: z.ZodType<T>, form: FormData): T {
  const result = schema.safeParse(formValues(form));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const sentence = issue && field !== '' ? issue.message : 'The form was not filled in as expected.';
  throw new Refused(field === 'reason' && issue?.code === 'too_small' ? 'reason_required' : 'invalid_input', sentence);
}

const missing = (what: string) => ({ error: `The form lacks ${what}. Load the page again.` });

export const id = (what: string) => z.uuid(missing(what));
/** Names of declared databases, ids of phases, steps, deltas. */
export const word = (what: string, most = 1000) => z.string(missing(what)).trim().min(1, `The form lacks ${what}. Load the page again.`).max(most, `The form's field for ${what} is too long.`);
export const reason = z.string({ error: 'Say why.' }).trim().min(1, 'Say why: the reason is kept in the log.').max(2000, 'The reason may have at most 2,000 characters.');
export const newPassword = z.string({ error: 'Give a password.' }).min(12, 'The password needs at least 12 characters.').max(1024, 'The password may have at most 1,024 characters.');
export const remark = z.string().trim().max(2000, 'The comment may have at most 2,000 characters.').default('');
export const comment = z.string({ error: 'Write what should change.' }).trim().min(1, 'Write what should change.').max(2000, 'The comment may have at most 2,000 characters.');
export const version = z.string(missing('the version of the plan')).regex(/^\d{1,9}$/, 'The form lacks the version of the plan. Load the page again.').transform(Number);
export const digest = z.string(missing('the digest of what you saw')).regex(/^[0-9a-f]{64}$/, 'The form lacks the digest of what you saw. Load the page again.');
/** A number as a person types it: spaces and thousands separators are forgiven. */
export const typedNumber = z.string().optional().transform((text) => {
  const digits = (text ?? '').replaceAll(/[\s,.'’_]/g, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
});
/** A field that may stand once, many times, or not at all. */
export const listOf = <T>(each: z.ZodType<T>) => z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(each));
