'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { whenReachable } from './reachable.ts';

/** Asks the server again from time to time while the page is looked at: other people sign, measure and run. What is open or typed stays. */
export function KeepFresh({ everyMs }: { everyMs: number }) {
  const router = useRouter();
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible') void whenReachable(() => router.refresh());
    };
    const timer = setInterval(refresh, everyMs);
    document.addEventListener('visibilitychange', refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
    };
  }, [router, everyMs]);
  return null;
}
