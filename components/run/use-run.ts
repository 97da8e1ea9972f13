'use client';
import { whenReachable } from '#components/shell/reachable.ts';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import type { RunDto, RunPulse } from '#lib/dal/dto/run.ts';
import { reduce } from '#lib/pipeline/run.ts';
import type { RunView, StoredRunEvent } from '#lib/pipeline/run.ts';
import { isOver } from './run-words.ts';

/** live: events come as they happen. polling: the stream is broken, the page asks every two seconds. over: nothing more will come. */
export type Connection = 'connecting' | 'live' | 'polling' | 'over';

interface LiveRun {
  view: RunView;
  events: readonly StoredRunEvent[];
  pulse: RunPulse | null;
  /** Browser time of the last sign of life from the server. */
  heardAt: number | null;
}

const POLL_MS = 2_000;
/** What comes within this is drawn at once. */
const DRAW_MS = 60;
const RECONNECT_MS = 5_000;
/** So long the browser may try to reconnect by itself before the page asks on its own. */
const PATIENCE_MS = 4_000;

function liveRun(dto: RunDto) {
  return queryOptions<LiveRun>({
    queryKey: ['run', dto.id],
    queryFn: () => Promise.reject(new Error('the run is seeded by the page and moved by its events')),
    initialData: { view: dto.view, events: dto.events, pulse: null, heardAt: null },
    enabled: false,
    staleTime: Infinity,
  });
}

/** The run as it is now: seeded by the server, moved by its events. A late answer never replaces a newer state. */
export function useRun(dto: RunDto): LiveRun & { connection: Connection } {
  const client = useQueryClient();
  const options = liveRun(dto);
  const { data } = useQuery(options);
  const { queryKey } = options;
  useEffect(() => {
    client.setQueryData<LiveRun>(['run', dto.id], (now) => {
      const heardAt = Date.now();
      if (now && now.view.lastSeq >= dto.view.lastSeq) return { ...now, heardAt };
      return { view: dto.view, events: dto.events, pulse: now?.pulse ?? null, heardAt };
    });
  }, [client, dto]);
  const over = isOver(data.view);
  const stream = useStream(dto.id, over, {
    lastSeq: () => client.getQueryData<LiveRun>(queryKey)?.view.lastSeq ?? 0,
    events: (stored) => client.setQueryData<LiveRun>(queryKey, (now) => (now ? withEvents(now, stored) : now)),
    pulse: (pulse) => client.setQueryData<LiveRun>(queryKey, (now) => (now ? { ...now, pulse, heardAt: Date.now() } : now)),
  });
  return { ...data, connection: over ? 'over' : stream };
}

/** What is known already, or comes a second time, changes nothing. */
function withEvents(now: LiveRun, stored: readonly StoredRunEvent[]): LiveRun {
  const fresh = stored.filter(({ seq }) => seq > now.view.lastSeq);
  return fresh.length === 0 ? now : { ...now, view: fresh.reduce(reduce, now.view), events: [...now.events, ...fresh], heardAt: Date.now() };
}

interface Sink {
  lastSeq: () => number;
  events: (stored: readonly StoredRunEvent[]) => void;
  pulse: (pulse: RunPulse) => void;
}

/** Server-sent events with a fallback: when the stream stays broken the page reloads its data, and keeps trying to listen. */
function useStream(runId: string, over: boolean, sink: Sink): Exclude<Connection, 'over'> {
  const router = useRouter();
  const [connection, setConnection] = useState<Exclude<Connection, 'over'>>('connecting');
  // The sink is made anew by every render and does the same each time; the stream must not be reopened for it.
  const latest = useRef(sink);
  useEffect(() => {
    latest.current = sink;
  });
  useEffect(() => {
    if (over) {
      // Buttons and the next step of an ended run come from the server.
      void whenReachable(() => router.refresh());
      return;
    }
    let source: EventSource | null = null;
    let poll: ReturnType<typeof setInterval> | null = null;
    let patience: ReturnType<typeof setTimeout> | null = null;
    /** Short steps tell more than a page can draw one by one. */
    let come: StoredRunEvent[] = [];
    let drawing: ReturnType<typeof setTimeout> | null = null;
    const draw = () => {
      drawing = null;
      const all = come;
      come = [];
      latest.current.events(all);
    };
    const heard = () => {
      if (patience) clearTimeout(patience);
      if (poll) clearInterval(poll);
      patience = null;
      poll = null;
      setConnection('live');
    };
    const startPolling = () => {
      setConnection('polling');
      poll ??= setInterval(() => void whenReachable(() => router.refresh()), POLL_MS);
    };
    /** Errors come one after another while the browser tries again: only the first starts the clock. */
    const lost = () => {
      if (source?.readyState === EventSource.CLOSED) {
        startPolling();
        patience ??= setTimeout(listenAgain, RECONNECT_MS);
      } else if (!poll) patience ??= setTimeout(giveUpWaiting, PATIENCE_MS);
    };
    const listenAgain = () => {
      patience = null;
      listen();
    };
    const giveUpWaiting = () => {
      patience = null;
      startPolling();
    };
    const listen = () => {
      source?.close();
      source = new EventSource(`/api/runs/${runId}/events?after=${latest.current.lastSeq()}`);
      source.addEventListener('open', heard);
      source.addEventListener('message', (message) => {
        come.push(JSON.parse(message.data) as StoredRunEvent);
        drawing ??= setTimeout(draw, DRAW_MS);
      });
      source.addEventListener('pulse', (message) => latest.current.pulse(JSON.parse(message.data) as RunPulse));
      source.addEventListener('end', () => {
        source?.close();
        void whenReachable(() => router.refresh());
      });
      source.addEventListener('error', lost);
    };
    listen();
    return () => {
      source?.close();
      if (poll) clearInterval(poll);
      if (patience) clearTimeout(patience);
      if (drawing) clearTimeout(drawing);
    };
  }, [runId, over, router]);
  return connection;
}
