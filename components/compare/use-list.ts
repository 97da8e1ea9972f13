'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { CompareDto, CompareLineDto, CompareListDto } from '#lib/dal/dto/compare.ts';
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
  /** The line of an object, wherever it stands. */
  find: (id: string) => Promise<ObjectLine | null>;
  /** The next (1) or previous (-1) object that differs, from an object or from the first line on; the list is brought to it. */
  differing: (from: string | null, by: 1 | -1) => Promise<string | null>;
  /** The line to which the list was last brought. */
  sought: { index: number } | null;
  /** How often another reading or a decision has put other lines where some stood. */
  moves: number;
  busy: boolean;
  error: string | null;
}

export type ObjectLine = Extract<CompareLineDto, { line: 'object' }>;

interface Held {
  filter: string;
  stamp: string;
  /** By number of the stretch. */
  pages: ReadonlyMap<number, CompareListDto>;
  moves: number;
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
  const [held, setHeld] = useState<Held>(() => ({ filter: filterOf(asked), stamp, pages: new Map([[0, dto.list]]), moves: 0 }));
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
    // Of a list that stands each stretch is shown as it comes: who scrolls fast asks for the next before the last one is there, and need not wait for both.
    if (current) {
      for (const page of missing) {
        client.fetchQuery(listPage(view, anchor.object, stamp, page * size)).then(
          (got) => {
            setError(null);
            setHeld((before) => (before.filter === filter && before.stamp === stamp ? { ...before, pages: new Map(before.pages).set(page, got) } : before));
          },
          (reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)),
        );
      }
      return;
    }
    Promise.all(missing.map((page) => client.fetchQuery(listPage(view, anchor.object, stamp, page * size)))).then(
      (got) => {
        if (late) return;
        setError(null);
        setHeld((before) => {
          const pages = new Map(before.filter === filter && before.stamp === stamp ? [...before.pages].filter(([, page]) => page.byHazard !== null) : []);
          got.forEach((page, at) => pages.set(missing[at] ?? 0, page));
          return { filter, stamp, pages, moves: before.filter === filter && before.stamp !== stamp ? before.moves + 1 : before.moves };
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
  const seek = useSeek({
    total: sums.total,
    fetched: async (index) => {
      const page = Math.floor(index / size);
      const stretch = held.pages.get(page) ?? (await client.fetchQuery(listPage(view, anchor.object, stamp, page * size)));
      return stretch.lines[index % size];
    },
    indexOf: (id) => indexIn(held, id) ?? (anchor.object === id ? (sums.at ?? -1) : -1),
  });
  return { filter: held.filter, sums, total: sums.total, lineAt, want, ...seek, moves: held.moves, busy: held.filter !== filter || held.stamp !== stamp, error };
}

/** Where an object stands, among the stretches that are here; null where it is in none of them. */
function indexIn(held: Held, id: string): number | null {
  for (const page of held.pages.values()) {
    const at = page.lines.findIndex((line) => line.line === 'object' && line.id === id);
    if (at !== -1) return page.from + at;
  }
  return null;
}

interface Lines {
  total: number;
  fetched: (index: number) => Promise<CompareLineDto | undefined>;
  /** -1: nobody knows. */
  indexOf: (id: string) => number;
}

/** From one object to another, over stretches that may not be here yet. */
function useSeek({ total, fetched, indexOf }: Lines): Pick<ShownList, 'find' | 'differing' | 'sought'> {
  const [sought, setSought] = useState<{ index: number } | null>(null);
  const find = async (id: string): Promise<ObjectLine | null> => {
    const index = indexOf(id);
    const line = index === -1 ? undefined : await fetched(index);
    return line?.line === 'object' ? line : null;
  };
  const differing = async (from: string | null, by: 1 | -1): Promise<string | null> => {
    const start = from === null ? -1 : indexOf(from);
    for (let index = start + by; index >= 0 && index < total; index += by) {
      const line = await fetched(index);
      if (line?.line !== 'object' || line.differing === 0) continue;
      setSought({ index });
      return line.id;
    }
    return null;
  };
  return { find, differing, sought };
}
