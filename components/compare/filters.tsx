'use client';
import { Link } from '#components/ui/link.tsx';
import type { ReactNode } from 'react';
import { classes } from '#components/ui/classes.ts';
import { exactNumber } from '#components/ui/format.ts';
import type { CompareDto, CompareListDto } from '#lib/dal/dto/compare.ts';
import { compareHref, isFiltered, queryOf, type CompareView } from './address.ts';
import { SearchField } from './search-field.tsx';
import { useView, ViewLink } from './view.tsx';
import { HAZARD_WORDS, KIND_WORDS, LIST_HAZARDS } from './words.ts';

/** Filter by name, by kind of difference and by kind of object. The number on each is what a press would show now. */
export function Filters({ dto, sums }: { dto: CompareDto; sums: CompareListDto }) {
  const { view } = useView();
  const { byChange, byKind } = sums;
  const kinds = view.kind !== null && !byKind.some((each) => each.kind === view.kind) ? [...byKind, { kind: view.kind, count: 0 }] : byKind;
  return (
    <div className="grid gap-2">
      <SearchField />
      <Row label="Kind of difference">
        <AnyChip change={{ change: null }} on={view.change === null} text="any difference" />
        <Chip change={{ change: 'change' }} on={view.change === 'change'} text="different" count={byChange.change} />
        <Chip change={{ change: 'add' }} on={view.change === 'add'} text={`only in ${dto.desired.name}`} count={byChange.add} />
        <Chip change={{ change: 'remove' }} on={view.change === 'remove'} text={`only in ${dto.current.name}`} count={byChange.remove} />
        <Chip change={{ change: 'identical' }} on={view.change === 'identical'} text="identical" count={byChange.identical} />
      </Row>
      {kinds.length === 0 ? null : (
        <Row label="Kind of object">
          <AnyChip change={{ kind: null }} on={view.kind === null} text="any object" />
          {kinds.map((each) => (
            <Chip key={each.kind} change={{ kind: each.kind }} on={view.kind === each.kind} text={KIND_WORDS[each.kind]?.many ?? each.kind} count={each.count} />
          ))}
        </Row>
      )}
      <HazardRow byHazard={sums.byHazard} differ={byChange.add + byChange.remove + byChange.change > 0} />
    </div>
  );
}

/** Only what is there to be asked for. What changes cost is worked out after the list: its row keeps its place, so that no line moves from under a press when it comes. */
function HazardRow({ byHazard, differ }: { byHazard: CompareListDto['byHazard']; differ: boolean }) {
  const { view } = useView();
  const hazards = LIST_HAZARDS.filter((hazard) => view.hazard === hazard || (byHazard?.[hazard] ?? 0) > 0);
  if (hazards.length === 0 && !(byHazard === null && differ)) return null;
  return (
    <Row label="Cost of the change">
      <AnyChip change={{ hazard: null }} on={view.hazard === null} text="at any cost" />
      {hazards.map((hazard) => (
        <Chip key={hazard} change={{ hazard }} on={view.hazard === hazard} text={HAZARD_WORDS[hazard]} count={byHazard?.[hazard] ?? 0} />
      ))}
    </Row>
  );
}

/** On a phone one line each, which is moved sideways: the list must not begin below the screen. */
function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="flex gap-1 max-sm:-mx-3 max-sm:overflow-x-auto max-sm:px-3 max-sm:py-0.5 sm:flex-wrap">
      {children}
    </nav>
  );
}

/** The first of its row, and its label: it says what the others choose from. Only a filter that leaves something out is loud. */
function AnyChip({ change, on, text }: { change: Partial<CompareView>; on: boolean; text: string }) {
  return (
    <ViewLink change={change} aria-current={on ? 'true' : undefined} className={classes(CHIP, on ? 'border-line-strong bg-hover font-medium text-ink' : 'border-line text-ink-muted hover:bg-hover hover:text-ink')}>
      {text}
    </ViewLink>
  );
}

const CHIP = 'shrink-0 rounded-full border px-2 py-0.5 text-xs whitespace-nowrap';

function Chip({ change, on, text, count }: { change: Partial<CompareView>; on: boolean; text: string; count?: number }) {
  return (
    <ViewLink change={change} aria-current={on ? 'true' : undefined} className={classes(CHIP, on ? 'border-ink bg-ink text-ground' : 'border-line text-ink-muted hover:bg-hover hover:text-ink')}>
      {text}
      {count === undefined ? null : ` ${exactNumber(count)}`}
    </ViewLink>
  );
}

const QUIET = 'rounded text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink';

/** What the list leaves out, counted; a press opens it. */
export function LeftOut({ dto, sums }: { dto: CompareDto; sums: CompareListDto }) {
  const { view } = useView();
  const { noise } = dto.totals;
  if (view.decided === 'folded' && sums.decided === 0 && noise === 0 && sums.identical === 0 && !view.all) return null;
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {view.decided !== 'folded' ? (
        <>
          <ViewLink change={{ decided: 'folded' }} className={QUIET}>
            Fold decided differences
          </ViewLink>
          <ViewLink change={{ decided: view.decided === 'only' ? 'shown' : 'only' }} className={QUIET}>
            {view.decided === 'only' ? 'The others too' : 'Only the decided'}
          </ViewLink>
        </>
      ) : sums.decided > 0 ? (
        <ViewLink change={{ decided: 'shown' }} className={QUIET}>
          {exactNumber(sums.decided)} decided · show
        </ViewLink>
      ) : null}
      {noise > 0 ? (
        // The numbers at the head of the page change too, so the server is asked for all of it.
        <Link href={compareHref(view, { noise: !view.noise })} scroll={false} prefetch={false} title="Owners, grants, default privileges, comments, order of columns, versions of extensions, statistics" className={QUIET}>
          {view.noise ? 'Hide owners, grants, comments and the like' : `hidden: ${exactNumber(noise)} · show`}
        </Link>
      ) : null}
      {sums.identical > 0 || view.all ? (
        <ViewLink change={{ all: !view.all }} className={QUIET}>
          {view.all ? 'Fold what is identical' : `${exactNumber(sums.identical)} identical · show`}
        </ViewLink>
      ) : null}
    </p>
  );
}

/** What the filter shows, as a file. */
export function Export() {
  const { view } = useView();
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-1 text-sm text-ink-muted">
      Export{isFiltered(view) ? ' this filter' : ''} as
      {EXPORTS.map(({ format, text }) => {
        const params = queryOf({ ...view, object: null, tab: 'aligned' });
        params.set('format', format);
        return (
          <a key={format} href={`/api/compare/export?${params.toString()}`} download="" className={QUIET}>
            {text}
          </a>
        );
      })}
    </p>
  );
}

const EXPORTS = [{ format: 'sql', text: 'SQL' }, { format: 'markdown', text: 'Markdown' }, { format: 'json', text: 'JSON' }];
