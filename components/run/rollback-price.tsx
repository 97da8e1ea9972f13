import { ErrorNote } from '#components/ui/notes.tsx';
import { count, duration, fewTitles } from '#components/ui/format.ts';
import { Fold } from '#components/ui/fold.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { Section } from '#components/ui/page.tsx';
import { Sql } from '#components/ui/sql.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import type { Tone } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { tableText } from '#components/plan/table-text.ts';
import type { RefusedDto } from '#lib/dal/dto/answer.ts';
import type { RollbackPriceDto } from '#lib/dal/dto/run.ts';
import type { RollbackPrice } from '#lib/pipeline/rollback.ts';
import { RollbackForm } from './rollback-form.tsx';

const VERDICTS: Record<RollbackPrice['verdict'], { tone: Tone; word: (price: RollbackPrice) => string }> = {
  lossless: { tone: 'green', word: () => 'lossless' },
  loses: { tone: 'red', word: (price) => `loses ${price.lost.provenance === 'exact' ? count(price.lost.value, 'row') : 'an unknown number of rows'}` },
  unknown: { tone: 'red', word: () => 'unknown' },
  impossible: { tone: 'red', word: () => 'impossible' },
};

/** A price rests on what was applied: where that may be gone, or the way back would stop, no green word stands in front of it. */
function Verdict({ price, doubted, stops }: { price: RollbackPrice; doubted: boolean; stops: boolean }) {
  const { tone, word } = VERDICTS[price.verdict];
  if (stops && tone === 'green') return <StateMark tone="red">would stop</StateMark>;
  return doubted && tone === 'green' ? <StateMark tone="red">in doubt</StateMark> : <StateMark tone={tone}>{word(price)}</StateMark>;
}

/** What going back costs, measured just now, and the button. */
export async function RollbackPriceView({ runId, load }: { runId: string; load: (runId: string) => Promise<RollbackPriceDto | RefusedDto> }) {
  const dto = await load(runId);
  if ('refused' in dto) return <ErrorNote what={dto.refused.sentence} means="Nothing was changed." />;
  const { price } = dto;
  return (
    <>
      <div className="grid gap-1">
        <div className="flex flex-wrap items-center gap-3">
          <Verdict price={price} doubted={dto.doubt !== null} stops={dto.stops !== null} />
          <span className="text-sm text-ink-muted">
            measured <Time at={price.measuredAt} />
            {dto.forwardMs === null ? null : ` · the way forward took ${duration(dto.forwardMs)}`}
          </span>
        </div>
        {dto.stops === null ? null : <p className="font-medium text-red-ink">{dto.stops}</p>}
        {dto.doubt === null ? null : <p className="font-medium text-red-ink">{dto.doubt}</p>}
        <p>
          {dto.stops === null ? null : <span className="text-ink-muted">Once that is mended: </span>}
          {dto.doubt === null ? null : <span className="text-ink-muted">If all that was applied is there: </span>}
          {price.sentence}
        </p>
        {dto.stays.length > 0 ? <p className="font-medium text-red-ink">Nothing takes back {fewTitles(dto.stays)}: {dto.stays.length === 1 ? 'it stays' : 'they stay'} in the target.</p> : null}
      </div>
      {price.verdict === 'impossible' ? null : (
        <div className="mt-4 border-y border-line py-4">
          <RollbackForm runId={runId} digest={dto.digest} seenAt={price.measuredAt} numberToType={price.verdict === 'loses' && price.lost.provenance === 'exact' ? price.lost.value : null} />
        </div>
      )}
      {price.tables.length > 0 ? <Written price={price} /> : null}
      <Section title="Locks">
        {dto.locks.length === 0 ? (
          <p className="text-ink-muted">none that block</p>
        ) : (
          <ul className="font-mono text-sm">
            {dto.locks.map((lock) => (
              <li key={lock}>{lock}</li>
            ))}
          </ul>
        )}
      </Section>
      <Section title={`Steps (${dto.steps.length})`}>
        <ol className="border-t border-line">
          {dto.steps.map((step, index) => (
            <li key={step.title} className="border-b border-line py-1.5">
              <p>
                <span className="mr-2 text-ink-muted">{index + 1}</span>
                {step.title}
              </p>
              <Fold name={`rollback.${index}`} summary={`SQL · ${step.sql.length} ${step.sql.length === 1 ? 'statement' : 'statements'}`}>
                <div className="grid gap-2">
                  {step.sql.map((statement) => (
                    <Sql key={`${statement.label} ${statement.sql}`} label={statement.label} sql={statement.sql} />
                  ))}
                </div>
              </Fold>
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}

/** Where the old tables are kept in step, the rows written since are in them; only those that do not fit are worth a table. */
function Written({ price }: { price: RollbackPrice }) {
  const misfits = price.counts === 'misfits';
  if (misfits && price.verdict === 'lossless') return null;
  return (
    <Section title={misfits ? 'Do not fit the old tables' : 'Written since'}>
      <Table label={misfits ? 'Rows that do not fit the old tables' : 'Rows written since the phase was applied'}>
        <thead>
          <tr>
            <Th>Table</Th>
            <Th className="text-right">inserted</Th>
            <Th className="text-right">changed</Th>
            <Th className="text-right">deleted</Th>
          </tr>
        </thead>
        <tbody>
          {price.tables.map((table) => (
            <tr key={tableText(table.table)}>
              <Td className="font-mono text-sm">{tableText(table.table)}</Td>
              {[table.inserted, table.changed, table.deleted].map((quantity, index) => (
                // Three columns that never move.
                // oxlint-disable-next-line react/no-array-index-key
                <Td key={index} className="text-right">
                  <QuantityText of={quantity} />
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
