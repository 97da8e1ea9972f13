import { grouped, listed } from './words.ts';

/** What of a target's rows a clone holds where it could not be cloned whole; part of what is signed. */
export interface Sample {
  /** Why no whole clone was made, as a sentence. */
  why: string;
  /** `of`: how many the target has; exact where all of them are in the sample, else an estimate; null: no estimate either. */
  tables: readonly { table: string; rows: number; of: number | null; exact: boolean }[];
  /** Objects that the rehearsal server could not rebuild; the plan touches none of them. */
  lacking: readonly string[];
  /** What was not looked for when the rows were chosen, in sentences. */
  missed: readonly string[];
  /** The configuration says that for this target a proof on a sample is enough where policy demands one. Absent: it is not. */
  suffices?: true;
}

const NAMED_MOST = 4;

/** `1,000 of about 134,000 rows of public.exports and all 379 rows of public.analytics; whole: 12 more tables`. */
export function sampledText({ tables }: Pick<Sample, 'tables'>): string {
  const cut = tables.filter((one) => !one.exact).toSorted((a, b) => (b.of ?? 0) - (a.of ?? 0));
  const whole = tables.length - cut.length;
  const named = cut.slice(0, NAMED_MOST).map(({ table, rows, of }) => `${grouped(rows)} of ${of === null ? 'an unknown number of' : `about ${grouped(of)}`} rows of ${table}`);
  const more = cut.length - named.length;
  const all = whole === 0 ? [] : [`all rows of ${whole === tables.length ? 'every table' : `${grouped(whole)} other ${whole === 1 ? 'table' : 'tables'}`}`];
  return listed([...named, ...(more > 0 ? [`some of ${grouped(more)} more tables`] : []), ...all]);
}

/** What nobody may take a proof on a sample for. */
export function sampleLimits({ lacking, missed }: Sample): string {
  const without = lacking.length === 0 ? '' : ` Not rebuilt: ${listed(lacking.slice(0, NAMED_MOST))}${lacking.length > NAMED_MOST ? ` and ${lacking.length - NAMED_MOST} more` : ''}.`;
  return `A sample cannot prove that the rows which are not in it cast, have parents and keep new keys, nor for how long locks are held at full size, nor how much disk it takes.${without}${missed.length === 0 ? '' : ` ${missed.join(' ')}`}`;
}
