'use client';
import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';

interface Selection {
  chosen: ReadonlySet<string>;
  set: (ids: readonly string[], on: boolean) => void;
  clear: () => void;
}

const Chosen = createContext<Selection>({ chosen: new Set(), set: () => {}, clear: () => {} });

export function useSelection(): Selection {
  return useContext(Chosen);
}

/** Which differences are chosen; kept while one looks at other objects of the same comparison, forgotten with it. */
export function SelectionProvider({ known, children }: { known: readonly string[]; children: ReactNode }) {
  const [raw, setRaw] = useState<ReadonlySet<string>>(new Set());
  const value = useMemo<Selection>(() => {
    // A difference that a new reading no longer shows cannot stay chosen.
    const all = new Set(known);
    return {
      chosen: new Set([...raw].filter((id) => all.has(id))),
      set: (ids, on) =>
        setRaw((before) => {
          const next = new Set(before);
          for (const id of ids) {
            if (on) next.add(id);
            else next.delete(id);
          }
          return next;
        }),
      clear: () => setRaw(new Set()),
    };
  }, [raw, known]);
  return <Chosen value={value}>{children}</Chosen>;
}

/** Chooses one or several differences; half checked when only some of them are. */
export function ChooseBox({ ids, label }: { ids: readonly string[]; label: string }) {
  const { chosen, set } = useSelection();
  const box = useRef<HTMLInputElement>(null);
  const on = ids.filter((id) => chosen.has(id)).length;
  const some = on > 0 && on < ids.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = some;
  }, [some]);
  if (ids.length === 0) return <span className="inline-block w-6 shrink-0" />;
  return (
    <span className="inline-grid size-6 shrink-0 place-items-center">
      <input ref={box} type="checkbox" aria-label={label} checked={on === ids.length} onChange={(event) => set(ids, event.currentTarget.checked)} className="size-4 accent-(--accent)" />
    </span>
  );
}
