import { byteSize, count, duration } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/notes.tsx';
import { Fold } from '#components/ui/fold.tsx';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { Evidence as EvidenceValue, Measurement } from '#lib/pipeline/evidence.ts';
import { Casts } from './casts.tsx';
import { DecideAlike } from './decide-alike.tsx';
import { Matched } from './matched.tsx';
import { MeasureButton } from './measure-button.tsx';
import { Orphans } from './orphans.tsx';
import { NotEmpty } from './not-empty.tsx';
import { Overlap } from './overlap.tsx';
import { tableText } from './table-text.ts';
import { Violations } from './violations.tsx';

/** What was measured on the target, each number with where it comes from. */
export function Evidence({ plan, dto, editable, mayMeasure }: { plan: PlanDto; dto: PhaseDto; editable: boolean; mayMeasure: boolean }) {
  const { evidence } = dto;
  if (!evidence) {
    return (
      <EmptyState
        title="Not measured yet"
        action={mayMeasure ? <MeasureButton planId={plan.plan.id} version={plan.version} phaseId={dto.phase.id} again={false} /> : null}
      >
        Row counts, rows without a parent and values that do not cast will stand here, counted exactly on {plan.plan.target}. Without them nobody can sign.
      </EmptyState>
    );
  }
  const of = <K extends Measurement['kind']>(kind: K) => evidence.measurements.filter((one): one is Extract<Measurement, { kind: K }> => one.kind === kind);
  return (
    <div className="grid grid-cols-1 gap-3">
      <Provenance evidence={evidence} />
      <Counts rows={[...of('rows'), ...of('empty')]} />
      {of('matched').map((measurement) => (
        <Matched key={measurement.check} measurement={measurement} />
      ))}
      {of('empty').map((measurement) => (
        <NotEmpty key={measurement.check} plan={plan} dto={dto} measurement={measurement} editable={editable} />
      ))}
      {of('dump').map((measurement) => (
        <Dump key={measurement.check} measurement={measurement} />
      ))}
      {editable && dto.alike ? (
        <div>
          <DecideAlike planId={plan.plan.id} version={plan.version} phaseId={dto.phase.id} alike={dto.alike} />
        </div>
      ) : null}
      {of('orphans').map((measurement) => (
        <Orphans key={measurement.check} plan={plan} dto={dto} measurement={measurement} editable={editable} />
      ))}
      {of('casts').map((measurement) => (
        <Casts key={measurement.check} measurement={measurement} />
      ))}
      {of('violations').map((measurement) => (
        <Violations key={measurement.check} measurement={measurement} />
      ))}
      {of('overlap').map((measurement) => (
        <Overlap key={measurement.check} plan={plan} dto={dto} measurement={measurement} editable={editable} />
      ))}
      {of('dependents').map((measurement) => (
        <Dependents key={measurement.check} measurement={measurement} />
      ))}
      {of('free_names').map((measurement) => (
        <FreeNames key={measurement.check} measurement={measurement} />
      ))}
    </div>
  );
}

function Provenance({ evidence }: { evidence: EvidenceValue }) {
  const { target } = evidence;
  return (
    <Fold
      name="provenance"
      summary={
        <>
          measured <Time at={evidence.measuredAt} /> on {target.database} in {duration(evidence.ms)}
        </>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 border-l-2 border-line pl-3 text-sm">
        <dt className="text-ink-muted">Moment</dt>
        <dd>{evidence.measuredAt}</dd>
        <dt className="text-ink-muted">Database</dt>
        <dd>
          {target.database}, oid {target.databaseOid}, system {target.systemIdentifier}, timeline {target.timeline}, server {target.serverVersion}
          {target.operator === undefined ? ', the role that carries it out is not signed' : `, carried out as ${target.operator}`}
        </dd>
        <dt className="text-ink-muted">Fingerprints</dt>
        <dd>
          <ul>
            {Object.entries(evidence.fingerprints).map(([id, fingerprint]) => (
              <li key={id} className="break-all">
                <Mono>{id}</Mono> <span className="text-ink-muted">{fingerprint.length > 16 ? `${fingerprint.slice(0, 16)}…` : fingerprint}</span>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </Fold>
  );
}

function Counts({ rows }: { rows: readonly Extract<Measurement, { kind: 'rows' | 'empty' }>[] }) {
  if (rows.length === 0) return null;
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-x-8">
      {rows.map((one) => (
        <div key={one.check} className="flex items-baseline justify-between gap-3 border-b border-line py-1">
          <dt className="min-w-0 wrap-anywhere">
            <Mono>{tableText(one.table)}</Mono>
          </dt>
          <dd className="shrink-0">
            <span className="font-medium">
              <QuantityText of={one.rows} />
            </span>{' '}
            <span className="text-sm text-ink-muted">{one.rows.provenance === 'exact' ? 'rows exact' : 'rows'}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Dump({ measurement }: { measurement: Extract<Measurement, { kind: 'dump' }> }) {
  const { bytes } = measurement;
  return (
    <p>
      The database takes {bytes.provenance === 'exact' ? <span className="font-medium">{byteSize(bytes.value)}</span> : <QuantityText of={bytes} />} in {count(measurement.tables, 'table')}; its server is PostgreSQL {measurement.serverMajor}.{' '}
      <span className="text-ink-muted">
        {measurement.unreadable.length === 0 ? 'The reader’s credential can read every table whole.' : `Not whole: ${measurement.unreadable.map(tableText).join(', ')}`}
      </span>
    </p>
  );
}

function Dependents({ measurement }: { measurement: Extract<Measurement, { kind: 'dependents' }> }) {
  if (measurement.dependents.length === 0) return <p className="text-ink-muted">Nothing else hangs on these tables: no view, trigger, policy or foreign key from outside.</p>;
  return (
    <Fold name={measurement.check} summary={`${measurement.dependents.length} things hang on these tables, ${measurement.dependents.filter((one) => one.handled).length} carried over by the plan`}>
      <ul className="grid gap-1 border-l-2 border-line pl-3">
        {measurement.dependents.map((one) => (
          <li key={`${tableText(one.table)} ${one.kind} ${one.description}`} className="flex flex-wrap items-center gap-x-2">
            <StateMark tone={one.handled ? 'grey' : 'red'} plain>
              {one.handled ? 'carried over' : 'not handled'}
            </StateMark>
            <span>
              {one.kind} on <Mono>{tableText(one.table)}</Mono>: {one.description}
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function FreeNames({ measurement }: { measurement: Extract<Measurement, { kind: 'free_names' }> }) {
  if (measurement.taken.length === 0) return null;
  return (
    <p className="text-red-ink">
      Already taken: <Mono>{measurement.taken.map(tableText).join(', ')}</Mono>
    </p>
  );
}
