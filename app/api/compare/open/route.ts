import { askedBy } from '#app/compare-question.ts';
import { route } from '#lib/dal/gate.ts';
import { answerOpen } from '#lib/dal/load-compare.ts';

export const dynamic = 'force-dynamic';

/** Every difference that the filter lets through and nobody has answered: CompareOpenDto. */
export const GET = route((context) => answerOpen(context, askedBy(context.request).question));
