import { silentChange } from '../changed-values.ts';
import type { Hazard } from '../hazards.ts';
import type { Conversion } from './convert-sql.ts';
import { spoken } from './names.ts';
import { typeAfter, typeBefore } from './rebuild-feeds.ts';

/** Of columns whose values become others with their type: a cast says nothing when it rounds, or when it reads a time in another zone. */
export function roundedHazards(tables: readonly Conversion[]): Hazard[] {
  return tables.flatMap((one) => one.columns.flatMap((column) => {
    const [from, to] = [typeBefore(one, column), typeAfter(column)];
    const change = silentChange(from, to);
    return change === null ? [] : [{ code: 'CHANGES_VALUES' as const, sentence: `${spoken(one.live)}.${column.name} goes from ${from} to ${to}, ${change}. After clean-up nothing brings them back.` }];
  }));
}
