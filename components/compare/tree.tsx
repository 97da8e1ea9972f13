'use client';
import { useVirtualizer, useWindowVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { classes } from '#components/ui/classes.ts';
import { exactNumber } from '#components/ui/format.ts';
import { ErrorNote } from '#components/ui/notes.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import type { CompareLineDto } from '#lib/dal/dto/compare.ts';
import { isFiltered } from './address.ts';
import { ChangeMark } from './change-mark.tsx';
import { estimateQuantity } from './estimate.tsx';
import { HazardMark } from './hazard-mark.tsx';
import { RenameMark } from './rename-mark.tsx';
import { ChooseBox, ChooseMany } from './selection.tsx';
import type { ShownList } from './use-list.ts';
import { useWide } from './use-wide.ts';
import { useView, ViewLink } from './view.tsx';
import { changeWord, KIND_WORDS } from './words.ts';

interface Sides {
  currentName: string;
  desiredName: string;
}

/** All lines have one height: then it is known where line 9,000 stands without drawing those before it. */
const LINE = 32;
/** Before the browser has measured anything, as many lines are drawn as this is high. */
const FIRST = { width: 400, height: 900 };
const OVERSCAN = 15;
/** So few lines stand in the document all together: the browser's own search finds them. */
const FEW = 100;

/** Objects by schema. Only the lines in sight stand in the document, in a pane of their own, or on a phone in the page. */
export function Tree({ list, ...sides }: { list: ShownList } & Sides) {
  const { total, want, filter } = list;
  const pane = useRef<HTMLDivElement>(null);
  const lines = useHeldStill(list.moves);
  const wide = useWide();
  const overscan = total <= FEW ? total : OVERSCAN;
  // Nothing of it is handed to memoized children.
  // oxlint-disable-next-line react/incompatible-library
  const inPane = useVirtualizer({ count: total, getScrollElement: () => pane.current, estimateSize: () => LINE, overscan, initialRect: FIRST, enabled: wide });
  const inWindow = useWindowVirtualizer({ count: total, estimateSize: () => LINE, overscan, scrollMargin: pane.current?.offsetTop ?? 0, enabled: !wide });
  const virtual = wide ? inPane : inWindow;
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => want(first, last), [want, first, last]);
  useStartAt(filter, list.sums.at, (at) => wide && virtual.scrollToIndex(at, { align: at === 0 ? 'start' : 'auto' }));
  const { sought } = list;
  const toLine = useRef(virtual.scrollToIndex);
  useEffect(() => {
    toLine.current = virtual.scrollToIndex;
  });
  useEffect(() => {
    if (sought) toLine.current(sought.index, { align: 'auto' });
  }, [sought]);
  return (
    <div ref={pane} className="min-h-0 lg:flex-1 lg:overflow-y-auto lg:overscroll-contain lg:pb-14" aria-busy={list.busy}>
      {list.error ? <ErrorNote what={list.error} /> : null}
      {total === 0 ? <Nothing /> : null}
      <ul ref={lines} aria-label="Objects" className="relative" style={{ height: total * LINE }}>
        {items.map((item) => {
          const line = list.lineAt(item.index);
          return (
            <li key={item.key} data-index={item.index} aria-setsize={total} aria-posinset={item.index + 1} className="absolute inset-x-0 top-0 flex items-center" style={{ height: LINE, transform: `translateY(${item.start - (wide ? 0 : inWindow.options.scrollMargin)}px)` }}>
              {line === undefined ? <Coming /> : line.line === 'schema' ? <SchemaLine line={line} /> : <ObjectLine line={line} {...sides} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** In milliseconds: as long as a hand takes to see that something moved, and to stop. */
const HELD_STILL_MS = 400;

/** A list that has just changed by itself takes no press for a moment: what was aimed at is not there any more, and another line stands in its place. */
function useHeldStill(moves: number) {
  const lines = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const list = lines.current;
    if (moves === 0 || list === null) return;
    list.style.pointerEvents = 'none';
    const timer = setTimeout(() => list.style.removeProperty('pointer-events'), HELD_STILL_MS);
    return () => clearTimeout(timer);
  }, [moves]);
  return lines;
}

/** A new filter begins at its first line, an address with an open object at that. */
function useStartAt(filter: string, at: number | null, scroll: (at: number) => void): void {
  const before = useRef<string | null>(null);
  const latest = useRef({ at, scroll });
  useEffect(() => {
    latest.current = { at, scroll };
  });
  useEffect(() => {
    if (before.current === filter) return;
    const start = before.current === null ? latest.current.at : 0;
    before.current = filter;
    if (start !== null) latest.current.scroll(start);
  }, [filter]);
}

function Nothing() {
  const { view } = useView();
  return <p className="py-4 text-ink-muted">{isFiltered(view) ? 'Nothing matches the filter.' : 'Nothing here differs.'}</p>;
}

function Coming() {
  return (
    <span className="flex w-full items-center gap-2 px-1.5" aria-hidden="true">
      <span className="size-4" />
      <span className="size-5 rounded bg-sunken" />
      <span className="h-3 w-40 rounded bg-sunken" />
    </span>
  );
}

function SchemaLine({ line }: { line: Extract<CompareLineDto, { line: 'schema' }> }) {
  const { view } = useView();
  const { schema, folded } = line;
  const name = schema === '' ? 'of the whole database' : schema;
  return (
    <div className="flex min-w-0 flex-1 items-center gap-1.5 self-stretch border-b border-line pr-1.5 text-sm text-ink-muted">
      <ChooseMany schema={schema} total={line.open} label={`Choose all differences in schema ${name}`} />
      <ViewLink change={{ folded: folded ? view.folded.filter((each) => each !== schema) : [...view.folded, schema] }} aria-expanded={!folded} aria-label={`${folded ? 'Open' : 'Fold'} schema ${name}`} data-row="" className="flex min-w-0 items-center gap-1 rounded -outline-offset-1 hover:text-ink">
        <ChevronRight size={14} aria-hidden="true" className={classes('shrink-0', !folded && 'rotate-90')} />
        <span className={classes('truncate font-medium text-ink', schema !== '' && 'font-mono')}>{name}</span>
      </ViewLink>
      <span className="ml-auto shrink-0">{line.identical ? 'identical' : line.differing === 0 ? 'only what is open' : `${exactNumber(line.differing)} differ${line.differing === 1 ? 's' : ''}`}</span>
    </div>
  );
}

function ObjectLine({ line, currentName, desiredName }: { line: Extract<CompareLineDto, { line: 'object' }> } & Sides) {
  const { view } = useView();
  const here = view.object === line.id;
  return (
    <div className={classes('flex min-w-0 flex-1 items-center self-stretch rounded-md', here ? 'bg-hover' : 'hover:bg-hover')}>
      <ChooseBox ids={line.open} schema={line.schema} label={`Choose the differences of ${line.name}`} />
      <ViewLink change={{ object: line.id }} data-row="" aria-current={here ? 'true' : undefined} className="flex min-w-0 flex-1 items-center gap-2 self-stretch rounded-md px-1.5 -outline-offset-2">
        <ChangeMark change={line.change} open={line.open.length > 0} word={changeWord(line.change, currentName, desiredName)} />
        <span title={line.name} className={classes('min-w-0 flex-1 truncate font-mono text-sm', line.decided && 'text-ink-muted')}>
          {line.name}
          {line.kind === 'table' ? null : <span className="font-sans text-xs text-ink-muted"> {KIND_WORDS[line.kind].one}</span>}
        </span>
        {line.rename ? <RenameMark moves={line.rename === 'move'} /> : null}
        {line.hazards.map((hazard) => (
          <HazardMark key={hazard} hazard={hazard} />
        ))}
        {line.decided ? <span className="text-xs text-ink-muted">decided</span> : line.differing > 1 || (line.change === 'change' && line.differing > 0) ? <span className="text-xs text-ink-muted">{exactNumber(line.differing)}</span> : null}
      </ViewLink>
      <span className="min-w-16 shrink-0 pr-1.5 text-right text-xs whitespace-nowrap text-ink-muted">{line.estimate ? <QuantityText of={estimateQuantity(line.estimate)} /> : null}</span>
    </div>
  );
}
