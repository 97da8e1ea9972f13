import { highlighted } from './highlight.ts';
import { SqlFigure } from './sql-figure.tsx';

/** SQL on a page of which it is a part from the beginning. */
export async function Sql({ sql, label }: { sql: string; label?: string }) {
  return <SqlFigure sql={sql} label={label} {...await highlighted(sql)} />;
}
