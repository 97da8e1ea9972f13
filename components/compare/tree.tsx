import Link from 'next/link';
import { classes } from '#components/ui/classes.ts';
import { exactNumber } from '#components/ui/format.ts';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { CompareGroupDto } from '#lib/dal/dto.ts';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { TableEstimate } from '#lib/pipeline/snapshot.ts';
import type { CompareView, FilteredGroups } from './address.ts';
import { compareHref, isDecided } from './address.ts';
import { ChangeMark } from './change-mark.tsx';
import { ChooseBox } from './selection.tsx';
import { changeWord, KIND_WORDS } from './words.ts';

interface TreeProps {
  filtered: FilteredGroups;
  view: CompareView;
  currentName: string;
  desiredName: string;
  /** Differences that are noise, shown or not. */
  noise: number;
}

/** Objects by schema. What is identical or decided is folded into counted lines that open it. */
export function Tree({ filtered, view, currentName, desiredName, noise }: TreeProps) {
  const schemas = Map.groupBy(filtered.shown, (group) => (group.kind === 'schema' ? group.name : group.schema));
  return (
    <div className="grid grid-cols-1 gap-3">
      {[...schemas].map(([schema, groups]) => (
        <section key={schema} aria-label={`schema ${schema}`}>
          <h2 className="flex items-center gap-1.5 border-b border-line pb-1 text-sm text-ink-muted">
            <ChooseBox ids={undecidedIds(groups)} label={`Choose all differences in schema ${schema}`} />
            <span className="font-mono font-medium text-ink">{schema}</span>
            <span className="ml-auto">{differences(groups)}</span>
          </h2>
          <ul>
            {groups.map((group) => (
              <Line key={group.id} group={group} view={view} currentName={currentName} desiredName={desiredName} />
            ))}
          </ul>
        </section>
      ))}
      {filtered.shown.length === 0 ? <p className="py-4 text-ink-muted">Nothing here differs{view.q || view.kind || view.change ? ' that matches the filter' : ''}.</p> : null}
      <Folded filtered={filtered} view={view} noise={noise} />
    </div>
  );
}

function Line({ group, view, currentName, desiredName }: { group: CompareGroupDto } & Omit<TreeProps, 'filtered' | 'noise'>) {
  const here = view.object === group.id;
  const open = group.deltas.some((delta) => delta.decision === null);
  const differing = group.deltas.length;
  return (
    <li className={classes('flex items-center rounded-md', here ? 'bg-hover' : 'hover:bg-hover')}>
      <ChooseBox ids={undecidedIds([group])} label={`Choose the differences of ${group.name}`} />
      <Link href={compareHref(view, { object: group.id })} scroll={false} data-row="" aria-current={here ? 'true' : undefined} className="flex min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 py-1 -outline-offset-2">
        <ChangeMark change={group.change} open={open} word={changeWord(group.change, currentName, desiredName)} />
        <span title={group.name} className={classes('min-w-0 flex-1 truncate font-mono text-sm', isDecided(group) && 'text-ink-muted')}>
          {group.name}
          {group.kind === 'table' ? null : <span className="font-sans text-xs text-ink-muted"> {KIND_WORDS[group.kind].one}</span>}
        </span>
        {isDecided(group) ? <span className="text-xs text-ink-muted">decided</span> : differing > 1 || group.change === 'change' ? <span className="text-xs text-ink-muted">{differing}</span> : null}
      </Link>
      <span className="w-16 shrink-0 pr-1.5 text-right text-xs text-ink-muted">{group.kind === 'table' ? <RowEstimate group={group} /> : null}</span>
    </li>
  );
}

function RowEstimate({ group }: { group: CompareGroupDto }) {
  const estimate = group.currentEstimate ?? group.desiredEstimate;
  return estimate ? <QuantityText of={estimateQuantity(estimate)} /> : null;
}

/** Planner statistics are never a count, and a table that was never analysed is unknown, not empty. */
export function estimateQuantity(estimate: TableEstimate): Quantity {
  if (estimate.rows === null) return { provenance: 'unknown', why: 'the table was never analysed; a plan counts it exactly' };
  return { provenance: 'estimate', value: estimate.rows, basis: estimate.analyzedAt ? `planner statistics, last ANALYZE ${estimate.analyzedAt.slice(0, 16).replace('T', ' ')} UTC` : 'planner statistics; when they were taken is not known' };
}

export function undecidedIds(groups: readonly CompareGroupDto[]): string[] {
  return groups.flatMap((group) => group.deltas.filter((delta) => delta.decision === null).map((delta) => delta.id));
}

function differences(groups: readonly CompareGroupDto[]): string {
  const number = groups.reduce((sum, group) => sum + group.deltas.length, 0);
  return number === 0 ? 'identical' : `${exactNumber(number)} differ${number === 1 ? 's' : ''}`;
}

function Folded({ filtered, view, noise }: { filtered: FilteredGroups; view: CompareView; noise: number }) {
  return (
    <div className="grid justify-items-start gap-1 text-sm">
      {filtered.decidedDeltas > 0 || view.decided ? (
        <Link href={compareHref(view, { decided: !view.decided })} scroll={false} className="rounded text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
          {view.decided ? 'Fold decided differences' : `${filtered.decidedDeltas} decided · show`}
        </Link>
      ) : null}
      {noise > 0 ? (
        <Link href={compareHref(view, { noise: !view.noise })} scroll={false} title="Owners, grants, default privileges, comments, order of columns, versions of extensions, statistics" className="rounded text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
          {view.noise ? 'Hide owners, grants, comments and the like' : `hidden: ${exactNumber(noise)} · show`}
        </Link>
      ) : null}
      {filtered.identical > 0 || view.all ? (
        <Link href={compareHref(view, { all: !view.all })} scroll={false} className="rounded text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
          {view.all ? 'Fold what is identical' : `${filtered.identical} identical · show`}
        </Link>
      ) : null}
    </div>
  );
}
