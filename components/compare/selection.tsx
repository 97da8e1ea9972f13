'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useNotice } from '#components/notices.tsx';
import { useAwake } from '#components/ui/use-awake.ts';
import { unfiltered } from './address.ts';
import { openOf } from './ask.ts';
import { useView } from './view.tsx';

interface Selection {
  /** Schema by id of the difference. */
  chosen: ReadonlyMap<string, string>;
  /** Something was pressed whose differences are still asked for: of one schema, or `*` for all. */
  coming: string | null;
  /** How many of a schema's differences that the filter lets through are chosen; null while it is not known which those are. */
  chosenIn: (schema: string) => number | null;
  set: (ids: readonly string[], schema: string, on: boolean) => void;
  /** Everything undecided that the filter lets through, of one schema or (null) of all. */
  setMany: (schema: string | null, on: boolean) => void;
  clear: () => void;
}

const Chosen = createContext<Selection>({ chosen: new Map(), coming: null, chosenIn: () => null, set: () => {}, setMany: () => {}, clear: () => {} });

export function useSelection(): Selection {
  return useContext(Chosen);
}

/** Which differences are chosen; kept while one looks at other objects of the same comparison, forgotten with it. */
export function SelectionProvider({ stamp, children }: { stamp: string; children: ReactNode }) {
  const { view } = useView();
  const client = useQueryClient();
  const notice = useNotice();
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const [coming, setComing] = useState<string | null>(null);
  useStillThere(stamp, chosen, setChosen);
  const inSight = useQuery({ ...openOf(view, stamp), enabled: chosen.size > 0 }).data;
  const value = useMemo<Selection>(() => {
    const add = (entries: Iterable<readonly [string, string]>, on: boolean) =>
      setChosen((before) => {
        const next = new Map(before);
        for (const [id, schema] of entries) {
          if (on) next.set(id, schema);
          else next.delete(id);
        }
        return next;
      });
    const setMany = async (schema: string | null, on: boolean): Promise<void> => {
      setComing(schema ?? '*');
      try {
        const { ids } = await client.fetchQuery(openOf(view, stamp));
        add(ids.filter((each) => schema === null || each.schema === schema).map((each) => [each.id, each.schema] as const), on);
      } catch (error) {
        notice(error instanceof Error ? error.message : String(error), 'red');
      }
      setComing(null);
    };
    const counts = inSight ? countBy(inSight.ids.filter((each) => chosen.has(each.id)).map((each) => each.schema)) : null;
    return { chosen, coming, chosenIn: (schema) => (chosen.size === 0 ? 0 : (counts && (counts.get(schema) ?? 0))), set: (ids, schema, on) => add(ids.map((id) => [id, schema] as const), on), setMany: (schema, on) => void setMany(schema, on), clear: () => setChosen(new Map()) };
  }, [chosen, coming, inSight, client, notice, view, stamp]);
  return <Chosen value={value}>{children}</Chosen>;
}

function countBy(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** A difference that a new reading no longer shows, or that somebody has answered meanwhile, cannot stay chosen. */
function useStillThere(stamp: string, chosen: ReadonlyMap<string, string>, set: (keep: (before: ReadonlyMap<string, string>) => ReadonlyMap<string, string>) => void): void {
  const { view } = useView();
  const client = useQueryClient();
  const checked = useRef(stamp);
  useEffect(() => {
    if (checked.current === stamp) return;
    checked.current = stamp;
    if (chosen.size === 0) return;
    let late = false;
    void client.fetchQuery(openOf({ ...unfiltered(view), noise: true }, stamp)).then(({ ids }) => {
      const open = new Set(ids.map((each) => each.id));
      if (!late) set((before) => new Map([...before].filter(([id]) => open.has(id))));
    }, () => undefined);
    return () => {
      late = true;
    };
  }, [stamp, chosen, view, client, set]);
}

/** Chooses one or several differences; half checked when only some of them are. */
export function ChooseBox({ ids, schema, label }: { ids: readonly string[]; schema: string; label: string }) {
  const { chosen, set } = useSelection();
  const on = ids.filter((id) => chosen.has(id)).length;
  return <Box label={label} total={ids.length} on={on} onChange={(checked) => set(ids, schema, checked)} />;
}

/** Chooses everything undecided of a schema, as far as the filter lets it through. */
export function ChooseMany({ schema, total, label }: { schema: string; total: number; label: string }) {
  const { chosen, coming, chosenIn, setMany } = useSelection();
  const on = chosenIn(schema) ?? Math.min(total, [...chosen.values()].filter((each) => each === schema).length);
  return <Box label={label} total={total} on={coming === schema ? total : on} onChange={(checked) => setMany(schema, checked)} />;
}

function Box({ label, total, on, onChange }: { label: string; total: number; on: number; onChange: (checked: boolean) => void }) {
  const box = useRef<HTMLInputElement>(null);
  const some = on > 0 && on < total;
  const awake = useAwake();
  useEffect(() => {
    if (box.current) box.current.indeterminate = some;
  }, [some]);
  if (total === 0) return <span className="inline-block w-6 shrink-0" />;
  return (
    <span className="inline-grid size-6 shrink-0 place-items-center">
      {/* A press before the script has come would be taken back by it. */}
      <input ref={box} type="checkbox" aria-label={label} disabled={!awake} checked={on === total} onChange={(event) => onChange(event.currentTarget.checked)} className="size-4 accent-(--accent)" />
    </span>
  );
}
