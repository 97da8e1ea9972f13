'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { CompareDto, CompareLineDto, CompareListDto } from '#lib/dal/compare-dto.ts';
import { compareHref, type CompareView } from './address.ts';
import { listPage } from './ask.ts';

export interface ShownList {
  /** Which filter it answers; another word means another list. */
  filter: string;
  /** Its sums; of the stretch that came last. */
  sums: CompareListDto;
  total: number;
  lineAt: (index: number) => CompareLineDto | undefined;
  /** Tells which lines are looked at, so that they and their neighbours are there. */
  want: (first: number, last: number) => void;
  busy: boolean;
  error: string | null;
}

interface Held {
  filter: string;
  stamp: string;
  /** By number of the stretch. */
  pages: ReadonlyMap<number, CompareListDto>;
}

export function filterOf(view: CompareView): string {
  return compareHref(view, { object: null, tab: 'aligned' });
}

/**
 * The list of objects, of which only the stretches that are looked at come to the browser. While a changed filter is answered the old list
 * stays; after a decision or a new reading the same stretches are exchanged together, so that nothing jumps.
 */
export function useList(dto: CompareDto, asked: CompareView, view: CompareView): ShownList {
  const client = useQueryClient();
  const filter = filterOf(view);
  const { stamp } = dto;
  const [held, setHeld] = useState<Held>(() => ({ filter: filterOf(asked), stamp, pages: new Map([[0, dto.list]]) }));
  const [wanted, setWanted] = useState('0-0');
  const [error, setError] = useState<string | null>(null);
  // The open object stays in the list that it was opened from, and opening another one asks for no new list.
  const [anchor, setAnchor] = useState({ filter, stamp, object: view.object });
  if (anchor.filter !== filter || anchor.stamp !== stamp) setAnchor({ filter, stamp, object: view.object });
  // The page came without what the script costs; that is asked for as soon as the list stands.
  const complete = [...held.pages.values()].every((page) => page.byHazard !== null);
  const current = held.filter === filter && held.stamp === stamp && complete;

  useEffect(() => {
    const [first = 0, last = 0] = held.filter === filter ? wanted.split('-').map(Number) : [0, 0];
    const missing: number[] = [];
    for (let page = first; page <= last; page += 1) if (!current || !held.pages.has(page)) missing.push(page);
    if (missing.length === 0) return;
    let late = false;
    const size = dto.list.size;
    Promise.all(missing.map((page) => client.fetchQuery(listPage(view, anchor.object, stamp, page * size)))).then(
      (got) => {
        if (late) return;
        setError(null);
        setHeld((before) => {
          const pages = new Map(before.filter === filter && before.stamp === stamp ? [...before.pages].filter(([, page]) => page.byHazard !== null) : []);
          got.forEach((page, at) => pages.set(missing[at] ?? 0, page));
          return { filter, stamp, pages };
        });
      },
      (reason: unknown) => {
        if (!late) setError(reason instanceof Error ? reason.message : String(reason));
      },
    );
    return () => {
      late = true;
    };
  }, [client, view, filter, stamp, anchor.object, wanted, held, current, dto.list.size]);

  const size = dto.list.size;
  const sums = [...held.pages.values()].at(-1) ?? dto.list;
  const want = useCallback(
    (first: number, last: number) => {
      const lastPage = Math.max(0, Math.ceil(sums.total / size) - 1);
      setWanted(`${Math.max(0, Math.floor((first - size / 2) / size))}-${Math.min(lastPage, Math.floor((last + size / 2) / size))}`);
    },
    [size, sums.total],
  );
  const lineAt = useCallback((index: number) => held.pages.get(Math.floor(index / size))?.lines[index % size], [held, size]);
  return { filter: held.filter, sums, total: sums.total, lineAt, want, busy: held.filter !== filter || held.stamp !== stamp, error };
}
