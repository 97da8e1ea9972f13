import { queryOptions } from '@tanstack/react-query';
import type { CompareListDto, CompareOpenDto } from '#lib/dal/dto/compare.ts';
import { queryOf, type CompareView } from './address.ts';
import type { ColouredDetail } from './coloured.ts';

// What the browser asks of the comparison, part by part. A part belongs to a stamp (readings and decisions) and never grows old within it.

export function listPage(view: CompareView, anchor: string | null, stamp: string, from: number) {
  const params = queryOf({ ...view, object: anchor, tab: 'aligned' });
  params.set('from', String(from));
  return queryOptions({ queryKey: ['compare', 'list', stamp, params.toString()], queryFn: ({ signal }) => ask<CompareListDto>('list', params, signal), staleTime: Infinity });
}

export function detailOf(view: CompareView, stamp: string) {
  const { current, desired, object, noise } = view;
  const params = new URLSearchParams({ current: current ?? '', desired: desired ?? '', object: object ?? '', ...(noise ? { noise: '1' } : {}) });
  return queryOptions({ queryKey: ['compare', 'object', stamp, params.toString()], queryFn: ({ signal }) => ask<ColouredDetail>('object', params, signal), staleTime: Infinity });
}

export function openOf(view: CompareView, stamp: string) {
  const params = queryOf({ ...view, object: null, tab: 'aligned', folded: [] });
  return queryOptions({ queryKey: ['compare', 'open', stamp, params.toString()], queryFn: ({ signal }) => ask<CompareOpenDto>('open', params, signal), staleTime: Infinity });
}

async function ask<T>(part: string, params: URLSearchParams, signal: AbortSignal): Promise<T> {
  const response = await fetch(`/api/compare/${part}?${params.toString()}`, { signal, headers: { Accept: 'application/json' } });
  const body = (await response.json()) as T & { refused?: { sentence: string }; sentence?: string; errorId?: string };
  if (response.ok) return body;
  throw new Error(body.refused?.sentence ?? `${body.sentence ?? 'The server did not answer as expected.'}${body.errorId ? ` Error id ${body.errorId}.` : ''}`);
}
