import { holdsLess } from '../changed-values.ts';
import type { Hazard } from '../hazards.ts';
import type { Conversion } from './convert-sql.ts';
import { spoken } from './names.ts';
import { typeAfter, typeBefore } from './rebuild-feeds.ts';

/** Of columns whose new type holds less than the one that they have: a cast says nothing when it rounds. */
export function roundedHazards(tables: readonly Conversion[]): Hazard[] {
  return tables.flatMap((one) => one.columns.flatMap((column) => {
    const [from, to] = [typeBefore(one, column), typeAfter(column)];
    return holdsLess(from, to) ? [{ code: 'CHANGES_VALUES' as const, sentence: `${spoken(one.live)}.${column.name} goes from ${from} to ${to}, which holds less: values are rounded or cut off without an error, and after clean-up nothing brings them back.` }] : [];
  }));
}
