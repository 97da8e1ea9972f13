import type { AssertionResult } from './run.ts';
import { listed } from './words.ts';

/** A list this long is told by what is more and what is less in it: nobody finds one column among twenty, at night and twice. */
const LONG_LIST = 4;

/** Says of an answer that is not the expected one how it differs: `“rows” was expected to be 2 and is 3.`; of long lists what was not expected and what is missing. */
export function otherThan({ label, expected, actual }: Pick<AssertionResult, 'label' | 'expected' | 'actual'>): string {
  const [wanted, found] = [expected, actual].map((text) => text.split(', ')) as [string[], string[]];
  const [more, less] = [found.filter((one) => !wanted.includes(one)), wanted.filter((one) => !found.includes(one))];
  const alike = wanted.length - less.length;
  // Repeated entries, or hardly any in common: no lists of the same things.
  if (Math.max(wanted.length, found.length) < LONG_LIST || more.length + less.length === 0 || alike < Math.max(wanted.length, found.length) / 2) return `“${label}” was expected to be ${expected} and is ${actual}.`;
  const said = [more.length > 0 ? `${quoted(more)} ${more.length === 1 ? 'was' : 'were'} not expected` : '', less.length > 0 ? `${quoted(less)} ${less.length === 1 ? 'is' : 'are'} missing` : ''].filter(Boolean);
  return `“${label}” came out otherwise: ${said.join(', and ')}.`;
}

function quoted(all: readonly string[]): string {
  return listed(all.map((one) => `“${one}”`));
}
