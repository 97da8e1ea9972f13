'use client';
import { useEffect, useRef } from 'react';
import { hearPageKeys } from '#components/shell/keys.ts';
import { useSelection } from './selection.tsx';
import type { ShownList } from './use-list.ts';
import { useView } from './view.tsx';

/** What the keys of the page do with the list; its lines that are not here yet are asked for by the key that needs them. */
export function useCompareKeys(list: ShownList): void {
  const { now, go } = useView();
  const { chosen, set } = useSelection();
  const act = async (key: string): Promise<void> => {
    const view = now();
    if (key === 'i') go({ all: !view.all });
    else if (key === 'n' || key === 'p') {
      const next = await list.differing(view.object, key === 'n' ? 1 : -1);
      if (next) go({ object: next });
    } else if (view.object !== null) {
      const line = await list.find(view.object);
      if (line && key === 'x') set(line.open, line.schema, !line.open.every((id) => chosen.has(id)));
      if (line && key === 'f') go({ folded: view.folded.includes(line.schema) ? view.folded.filter((schema) => schema !== line.schema) : [...view.folded, line.schema] });
    }
  };
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  // One after the other: where a key leads may have to be asked for, and the next one goes on from there.
  const before = useRef<Promise<void>>(Promise.resolve());
  useKey((key) => {
    const next = () => latest.current(key);
    before.current = before.current.then(next, next);
  });
}

/** Calls with every key of the page, as the page stands when it is pressed. */
export function useKey(press: (key: string) => void): void {
  const latest = useRef(press);
  useEffect(() => {
    latest.current = press;
  });
  useEffect(() => hearPageKeys((key) => latest.current(key), window.location.pathname, performance.now()), []);
}
