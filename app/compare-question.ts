import { type CompareView, readAddress } from '#components/compare/address.ts';
import type { CompareQuestion } from '#lib/dal/load-compare.ts';

/** What a view asks of the comparison. */
export function questionOf(view: CompareView): CompareQuestion {
  const { current, desired, object, noise, ...filter } = view;
  return { current, desired, object, noise, filter };
}

/** The same from the address of a request. */
export function askedBy(request: Request): { question: CompareQuestion; params: URLSearchParams } {
  const params = new URL(request.url).searchParams;
  return { question: questionOf(readAddress(params)), params };
}
