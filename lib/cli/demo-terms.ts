import { parseArgs } from 'node:util';
import { misreadOption, Stop } from './command.ts';

/** How a person asked for the demo. */
export interface DemoTerms {
  /** Begin anew. */
  reset: boolean;
  /** Rows of exports, and as many of their analytics, at a first start; null: the small demo. */
  rows: number | null;
  /** Let the product write beside Countersign. */
  load: boolean;
}

/** The small demo's analytics must fit in, and its two orphans stay a small part. */
const LEAST = 1_000;
const MOST = 10_000_000;

/** Reads the words after `npm run demo --`. Throws Stop with the sentence for whatever it does not understand. */
export function demoTerms(words: readonly string[]): DemoTerms {
  const { values } = parsed(words);
  return { reset: values.reset, rows: values.rows === undefined ? null : wholeRows(values.rows), load: values.load };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: { reset: { type: 'boolean', default: false }, rows: { type: 'string' }, load: { type: 'boolean', default: false } } });
  } catch (error) {
    const misread = misreadOption(error);
    if (misread === null) throw error;
    throw new Stop(`${misread} Usage: npm run demo [-- --reset --rows 1000000 --load]`);
  }
}

function wholeRows(said: string): number {
  const rows = /^\d{1,9}$/.test(said) ? Number(said) : Number.NaN;
  if (!(rows >= LEAST && rows <= MOST)) throw new Stop(`--rows must be a whole number from ${LEAST} to ${MOST}, not ${said === '' ? 'nothing' : said}.`);
  return rows;
}
