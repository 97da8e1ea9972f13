'use client';
import { Table, Td, Th } from '#components/ui/table.tsx';

/** Rows as they stand in the database, values as text; a null is said, not left empty. They come to the page as values, not as the elements that show them. */
export function RowsTable({ label, rows }: { label: string; rows: readonly Readonly<Record<string, string | null>>[] }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <Table label={label} className="text-sm">
      <thead>
        <tr>
          {columns.map((column) => (
            <Th key={column} className="font-mono">
              {column}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // Rows of a measurement are read once and never move.
          // oxlint-disable-next-line react/no-array-index-key
          <tr key={index}>
            {columns.map((column) => (
              <Td key={column} className="font-mono text-xs whitespace-nowrap">
                {row[column] ?? <span className="text-ink-faint italic">null</span>}
              </Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
