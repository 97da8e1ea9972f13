import 'server-only';
import type { z } from 'zod';
import type { Delta } from '#lib/pipeline/diff.ts';
import type { Attribute, Snapshot } from '#lib/pipeline/snapshot.ts';
import { unreadOf, unreadSentences } from '#lib/pipeline/unread.ts';
import type { Reading } from '#lib/store/snapshots.ts';
import type { Stand } from '../compare-parts.ts';
import { standNow } from '../load-compare.ts';
import { readSidesAnew } from './command.ts';
import { endpoint } from './endpoint.ts';
import { compared, compareQuestion, type difference, nothing, type side } from './shapes.ts';

export const compareEndpoint = endpoint({
  method: 'GET', path: '/compare', name: 'compare', summary: 'What differs between two sides, with what changing it would cost.', scope: 'read',
  params: nothing, query: compareQuestion, body: null, answer: compared, status: 200,
  handle: async (context, { query }) => {
    if (query.fresh === '1') await readSidesAnew(context, query);
    return comparedAnswer(await standNow(context.db, context.person, { current: query.current, desired: query.desired }), query);
  },
});

function comparedAnswer(stand: Stand, { decided, limit, offset }: { decided: '0' | '1'; limit: number; offset: number }): z.input<typeof compared> {
  const { comparison, view, decisions } = stand;
  const listed = decided === '1' ? view.deltas : view.deltas.filter((delta) => !decisions.has(delta.id));
  const counted = (fits: (delta: Delta) => boolean) => view.deltas.filter(fits).length;
  const costs = (delta: Delta) => view.hazards.get(delta.objectId) ?? [];
  return {
    current: sideAnswer(stand.before, comparison.current),
    desired: sideAnswer(stand.after, comparison.desired),
    identical: comparison.deltas.length === 0,
    counts: {
      differences: view.deltas.length, decided: counted((delta) => decisions.has(delta.id)), open: counted((delta) => !decisions.has(delta.id)), folded: comparison.noise,
      byChange: { add: counted((delta) => delta.change === 'add'), remove: counted((delta) => delta.change === 'remove'), change: counted((delta) => delta.change === 'change') },
      byHazard: { loses: counted((delta) => costs(delta).includes('loses')), changes: counted((delta) => costs(delta).includes('changes')), rewrites: counted((delta) => costs(delta).includes('rewrites')), stops: counted((delta) => costs(delta).includes('stops')), refused: counted((delta) => costs(delta).includes('refused')) },
    },
    unread: unreadSentences(unreadOf(comparison.current, comparison.desired)),
    deltas: listed.slice(offset, offset + limit).map((delta) => differenceAnswer(delta, stand)),
    next: listed.length > offset + limit ? offset + limit : null,
  };
}

function differenceAnswer(delta: Delta, { view, decisions }: Stand): z.input<typeof difference> {
  const decision = decisions.get(delta.id);
  return {
    id: delta.id, change: delta.change, kind: delta.kind, object: delta.objectId, under: delta.group,
    decision: decision ? { verdict: decision.verdict, reason: decision.reason, by: decision.by, at: decision.at } : null,
    hazards: [...(view.hazards.get(delta.objectId) ?? [])],
    attributes: delta.attributes.map(({ name, current, desired }) => ({ name, current: textOf(current), desired: textOf(desired) })),
  };
}

function sideAnswer(reading: Reading, snapshot: Snapshot): z.input<typeof side> {
  return { name: reading.database, readAt: reading.takenAt.toISOString(), fingerprint: reading.fingerprint, serverVersion: String(snapshot.target.serverVersion) };
}

function textOf(value: Attribute): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value);
}
