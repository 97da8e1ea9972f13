'use client';
import { Link } from '#components/ui/link.tsx';
import { useEffect, useRef, useState } from 'react';
import { Time } from '#components/ui/time.tsx';
import { lookAtPlan } from '#lib/actions/threads.ts';
import type { SinceDto, TalkDto } from '#lib/dal/dto/talk.ts';

/** So long a page must stand before the eyes of somebody to count as looked at. */
const LOOK_MS = 2_000;

interface SinceProps {
  planId: string;
  version: number;
  since: SinceDto | null;
  seen: TalkDto['seen'];
}

/** One calm line over the plan: what others did since the viewer last looked. It also tells the server when the page was looked at. */
export function Since({ planId, version, since, seen }: SinceProps) {
  useLook(planId, version, seen);
  const shown = useKept(since);
  if (!shown) return null;
  return (
    <p className="mb-3 border-l-2 border-blue-ink pl-3 text-sm" data-testid="since">
      <span className="text-ink-muted">
        Since you looked, <Time at={shown.at} />:
      </span>{' '}
      {shown.news.map(({ text, href }, index) => (
        <span key={href}>
          {index === 0 ? null : ' · '}
          <Link href={href} className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
            {text}
          </Link>
        </span>
      ))}
    </p>
  );
}

/** The line is there as long as the page is: it must not vanish under the eyes of a slow reader. */
function useKept(since: SinceDto | null): SinceDto | null {
  const [kept, setKept] = useState(since);
  if (since !== null && since !== kept) setKept(since);
  return since ?? kept;
}

/** A page that was fetched in advance, or stands in a tab behind, was not looked at. */
function useLook(planId: string, version: number, seen: TalkDto['seen']): void {
  const made = useRef(seen.at);
  const toldOf = useRef('');
  const stamp = `${planId} ${seen.stamp}`;
  useEffect(() => {
    made.current = seen.at;
  }, [seen.at]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible' || toldOf.current === stamp) return;
      timer = setTimeout(() => {
        toldOf.current = stamp;
        void told(planId, version, made.current);
      }, LOOK_MS);
    };
    watch();
    document.addEventListener('visibilitychange', watch);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', watch);
    };
  }, [planId, version, stamp]);
}

async function told(planId: string, version: number, at: string): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ planId, version: String(version), at })) form.set(name, value);
  // Nothing rests on it: the next look tells the same.
  await lookAtPlan(form).catch(() => undefined);
}
