import { queryOptions } from '@tanstack/react-query';
import type { ActivityDto, StartLightDto } from '#lib/dal/start-light.ts';

/** While somebody looks; a page in the background asks nothing. */
const EVERY_MS = 10_000;

/** May the phase start now? Asked again by itself, and shared by all that show it on a page. */
export function startLightOf(planId: string, phaseId: string) {
  return queryOptions({
    queryKey: ['start', planId, phaseId],
    queryFn: ({ signal }) => ask<StartLightDto>(`/api/plans/${planId}/start?phase=${encodeURIComponent(phaseId)}`, signal),
    refetchInterval: EVERY_MS, retry: false,
  });
}

export function activityOf(database: string) {
  return queryOptions({
    queryKey: ['activity', database],
    queryFn: ({ signal }) => ask<ActivityDto>(`/api/databases/${encodeURIComponent(database)}/activity`, signal),
    refetchInterval: EVERY_MS, retry: false,
  });
}

async function ask<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { Accept: 'application/json' } });
  const body = (await response.json()) as T & { refused?: { sentence: string }; sentence?: string; errorId?: string };
  if (response.ok) return body;
  throw new Error(body.refused?.sentence ?? `${body.sentence ?? 'The server did not answer as expected.'}${body.errorId ? ` Error id ${body.errorId}.` : ''}`);
}
