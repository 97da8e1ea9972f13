'use client';
import { useEffect, useRef, useState } from 'react';
import { usePending } from '#components/action-form.tsx';
import type { UnderWayDto } from '#lib/dal/dto/plan.ts';

const EVERY_MS = 1_000;

/**
 * How far the command of the form around it is, while it works. `what` it makes stands there at its end, whether or not somebody waits for it.
 */
export function UnderWay({ what, first }: { what: string; first: string }) {
  const pending = usePending();
  const mark = useRef<HTMLDivElement>(null);
  const sending = useRef('');
  const [name, setName] = useState('');
  useEffect(() => {
    const form = mark.current?.closest('form');
    // React looks at the fields once more for itself: what is sent keeps its name until its answer is there.
    const sent = ({ formData }: FormDataEvent) => {
      if (sending.current === '') sending.current = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      formData.set('underWay', sending.current);
      setName(sending.current);
    };
    form?.addEventListener('formdata', sent);
    return () => form?.removeEventListener('formdata', sent);
  }, []);
  useEffect(() => {
    if (!pending) sending.current = '';
  }, [pending]);
  return <div ref={mark}>{pending ? <Now key={name} name={name} what={what} first={first} /> : null}</div>;
}

function Now({ name, what, first }: { name: string; what: string; first: string }) {
  const [at, setAt] = useState<UnderWayDto | null>(null);
  useEffect(() => {
    if (name === '') return;
    const timer = setInterval(() => void ask(name).then((now) => now && setAt(now)), EVERY_MS);
    return () => clearInterval(timer);
  }, [name]);
  return (
    <div className="grid gap-1.5 border-t border-line pt-3 text-sm">
      <output className="block font-medium wrap-anywhere">
        {at ? `Measuring ${at.target} for phase ${at.phase.number} of ${at.phase.of}, “${at.phase.title}”` : first}
      </output>
      {at && at.questions > 0 ? (
        <p className="flex items-center gap-2 text-ink-muted">
          <span aria-hidden="true" className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-line">
            <span className="block h-full bg-orange-solid" style={{ width: `${(at.asked / at.questions) * 100}%` }} />
          </span>
          <span className="tabular-nums">
            {at.asked} of {at.questions} questions answered
          </span>
        </p>
      ) : null}
      {at ? <p className="wrap-anywhere text-ink-muted">Now it {at.now}.</p> : null}
      <p className="text-ink-muted">You may leave this page: {what} is made all the same, and stands under Plans then.</p>
    </div>
  );
}

/** Null when nothing is known; then what stood there last stays. */
async function ask(name: string): Promise<UnderWayDto | null> {
  try {
    const answer = await fetch(`/api/under-way/${name}`, { cache: 'no-store' });
    return answer.status === 200 ? ((await answer.json()) as UnderWayDto) : null;
  } catch {
    return null;
  }
}
