import { type RefObject, useEffect, useRef } from 'react';

/** What a reader does in a list to look at something of their own choice. */
const OWN = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/** Keeps the line of `present` in sight of a list that scrolls, while a run goes from step to step; not any more once the reader has looked around in it. The page itself stays where it is. */
export function useFollow(list: RefObject<HTMLElement | null>, present: string | null): void {
  const readersOwn = useRef(false);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const own = () => {
      readersOwn.current = true;
    };
    for (const event of OWN) element.addEventListener(event, own, { passive: true });
    return () => {
      for (const event of OWN) element.removeEventListener(event, own);
    };
  }, [list]);
  useEffect(() => {
    const element = list.current;
    const line = present === null ? null : element?.querySelector<HTMLElement>(`[data-step="${CSS.escape(present)}"]`);
    if (!element || !line || readersOwn.current) return;
    const { top, bottom } = line.getBoundingClientRect();
    const frame = element.getBoundingClientRect();
    if (top < frame.top || bottom > frame.bottom) element.scrollBy({ top: top - frame.top });
  }, [list, present]);
}
