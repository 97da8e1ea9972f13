import { byteSize } from '#components/ui/format.ts';
import { LongName } from '#components/ui/long-name.tsx';
import { EmptyState } from '#components/ui/notes.tsx';
import { Mono, PageHead } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import type { DatabaseDto } from '#lib/dal/dto/databases.ts';

/** The databases under review: can they be read, may they be changed, how big are they. */
export function Databases({ databases }: { databases: readonly DatabaseDto[] }) {
  return (
    <>
      <PageHead title="Databases" sentence={<p>Declared in the configuration of this installation. Credentials come from its environment and are never stored or shown.</p>} />
      {databases.length === 0 ? (
        <EmptyState title="No database is declared">
          Name them in <Mono>COUNTERSIGN_DATABASES</Mono> and give each a reader and, where a plan may change it, an operator credential.
        </EmptyState>
      ) : (
        <div className="grid grid-cols-1 gap-8">
          {databases.map((database) => (
            <Database key={database.name} database={database} />
          ))}
        </div>
      )}
    </>
  );
}

function Database({ database }: { database: DatabaseDto }) {
  const titleId = `database-${database.name}`;
  return (
    <section aria-labelledby={titleId}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line pb-2">
        <h2 id={titleId} className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-mono text-lg font-semibold">{database.name}</span>
          <span className="text-ink-muted">{database.environment}</span>
        </h2>
        <span className="flex gap-2">
          <ButtonLink size="sm" href={`/databases/${encodeURIComponent(database.name)}`}>
            Activity and history
          </ButtonLink>
          <ButtonLink size="sm" href={`/compare?current=${encodeURIComponent(database.name)}`} data-row="">
            Compare
          </ButtonLink>
        </span>
      </div>
      <dl className="mt-2 grid gap-x-8 gap-y-1 md:grid-cols-2">
        <Fact name="Reader">
          <StateMark tone={database.reader.ok ? 'green' : 'red'} plain>
            {database.reader.ok ? 'well' : 'trouble'}
          </StateMark>{' '}
          {database.reader.sentence}
        </Fact>
        <Fact name="Operator">{database.operator.sentence}</Fact>
        <Fact name="Server">{database.serverVersion ?? 'unknown'}</Fact>
        <Fact name="Size">{database.bytes === null ? 'unknown' : byteSize(database.bytes)}</Fact>
      </dl>
      {database.largest.length > 0 ? (
        <div className="mt-3">
          <Table label={`Largest tables of ${database.name}`} className="max-w-4xl sm:table-fixed">
            <thead>
              <tr>
                <Th>Largest tables</Th>
                <Th className="text-right sm:w-32">Size</Th>
                <Th className="text-right sm:w-32">Rows</Th>
                <Th className="sm:w-44">Last ANALYZE</Th>
              </tr>
            </thead>
            <tbody>
              {database.largest.map((table) => (
                <tr key={table.table}>
                  <Td className="font-mono text-sm wrap-anywhere">
                    <LongName>{table.table}</LongName>
                  </Td>
                  <Td className="text-right whitespace-nowrap">{byteSize(table.bytes)}</Td>
                  <Td className="text-right whitespace-nowrap">
                    <QuantityText of={table.rows} />
                  </Td>
                  <Td className="whitespace-nowrap text-ink-muted">{table.analyzedAt ? <Time at={table.analyzedAt} /> : 'never'}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      ) : null}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-3">
      <dt className="w-20 shrink-0 text-ink-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
