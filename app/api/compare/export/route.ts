import { askedBy } from '#app/compare-question.ts';
import { answerExport } from '#lib/dal/compare-export.ts';
import { route } from '#lib/dal/gate.ts';

export const dynamic = 'force-dynamic';

/** What the filter of an address shows as a file; `format` = sql, markdown or json. */
export const GET = route((context) => {
  const { question, params } = askedBy(context.request);
  return answerExport(context, question, params.get('format') ?? '');
});
