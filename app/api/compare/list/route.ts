import { askedBy } from '#app/compare-question.ts';
import { route } from '#lib/dal/gate.ts';
import { answerList } from '#lib/dal/load-compare.ts';

export const dynamic = 'force-dynamic';

/** A stretch of the list of objects, in the words of the page's own address; `from` = its first line. CompareListDto. */
export const GET = route((context) => {
  const { question, params } = askedBy(context.request);
  const from = Number(params.get('from'));
  return answerList(context, question, Number.isSafeInteger(from) && from > 0 ? from : 0);
});
