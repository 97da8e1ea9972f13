import type { SaferForm } from './finding.ts';

/** What each safer form (safer/<form>.ts) says on its button, and what the plan says afterwards. */
export const FORMS = {
  concurrently: ['Do it concurrently', 'The index is built, dropped or renewed outside a transaction while people read and write, and proved by the catalog.'],
  not_valid_then_validate: ['Add it NOT VALID, then validate', 'The constraint is noted in a moment and holds for new rows; the rows that are there are checked in a step of their own while people write.'],
  not_null_by_check: ['Prove it by a check first', 'A check is added NOT VALID and validated while people write; SET NOT NULL then reads no row.'],
  column_then_default: ['Add it empty, fill it in batches', 'The column is added without values, gets its default for new rows, and the rows that are there are filled in batches.'],
  batched_update: ['Update in batches', 'The rows are changed in small transactions in the order of their key, and their values before are kept for the way back.'],
  unique_by_index: ['Build the index first', 'A unique index is built concurrently, and the constraint takes it over in a moment.'],
  set_aside_instead_of_drop: ['Set it aside instead', 'The table moves out of sight with its rows, comes back exactly as it was, and is dropped for good at clean-up.'],
  engine_conversion: ['Convert with Countersign’s own steps', 'The tables are converted by steps that lose no write and keep a way back, made from the comparison.'],
  engine_create: ['Create it as it is in the other database', 'The definition comes from the comparison instead of from the text.'],
  engine_foreign_key: ['Decide what becomes of them', 'The key is added for new rows first; rows without a parent are taken out, unlinked or pointed elsewhere as somebody decides, and kept for the way back; then it is checked.'],
  qualified_if_exists: ['Say which one is meant', 'The names are written with their schema, and without IF EXISTS or IF NOT EXISTS.'],
  drop_restrict: ['Drop it without CASCADE', 'The statement stops at whatever rests on it instead of taking it along.'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type FormId = keyof typeof FORMS;

export function saferForm(form: FormId): SaferForm {
  const [label, sentence] = FORMS[form];
  return { form, label, sentence };
}
