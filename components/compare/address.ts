import type { CompareGroupDto } from '#lib/dal/dto.ts';

// The address of what one looks at in the comparison.

export interface CompareView {
  current: string | null;
  desired: string | null;
  /** Group that is open. */
  object: string | null;
  tab: 'aligned' | 'definition';
  q: string;
  kind: string | null;
  change: 'add' | 'remove' | 'change' | null;
  /** Identical objects and rows too. */
  all: boolean;
  /** Decided differences too. */
  decided: boolean;
  /** Owners, grants, comments and the other noise too. */
  noise: boolean;
}

type Params = Readonly<Record<string, string | string[] | undefined>>;

export function readCompareView(params: Params): CompareView {
  const one = (name: string): string | null => {
    const value = params[name];
    const text = Array.isArray(value) ? value[0] : value;
    return text ? text : null;
  };
  const change = one('change');
  return {
    current: one('current'),
    desired: one('desired'),
    object: one('object'),
    tab: one('tab') === 'definition' ? 'definition' : 'aligned',
    q: one('q') ?? '',
    kind: one('kind'),
    change: change === 'add' || change === 'remove' || change === 'change' ? change : null,
    all: one('all') === '1',
    decided: one('decided') === '1',
    noise: one('noise') === '1',
  };
}

export function compareHref(view: CompareView, change: Partial<CompareView> = {}): string {
  const next = { ...view, ...change };
  const params = new URLSearchParams();
  if (next.current) params.set('current', next.current);
  if (next.desired) params.set('desired', next.desired);
  if (next.q) params.set('q', next.q);
  if (next.kind) params.set('kind', next.kind);
  if (next.change) params.set('change', next.change);
  if (next.all) params.set('all', '1');
  if (next.decided) params.set('decided', '1');
  if (next.noise) params.set('noise', '1');
  if (next.object) params.set('object', next.object);
  if (next.tab !== 'aligned') params.set('tab', next.tab);
  const text = params.toString();
  return text ? `/compare?${text}` : '/compare';
}

/** Is every difference of the group answered? A group without differences is not. */
export function isDecided(group: CompareGroupDto): boolean {
  return group.deltas.length > 0 && group.deltas.every((delta) => delta.decision !== null);
}

export interface FilteredGroups {
  shown: readonly CompareGroupDto[];
  /** Differences that are folded away because they are decided. */
  decidedDeltas: number;
  /** Groups folded away because both sides are the same. */
  identical: number;
}

/** Which groups stand in the list. The open one always does. */
export function filterGroups(groups: readonly CompareGroupDto[], view: CompareView): FilteredGroups {
  const wanted = groups.filter((group) => matches(group, view));
  const shown = wanted.filter((group) => group.id === view.object || isShown(group, view));
  const hidden = wanted.filter((group) => !shown.includes(group));
  return {
    shown,
    decidedDeltas: hidden.filter(isDecided).reduce((sum, group) => sum + group.deltas.length, 0),
    identical: hidden.filter((group) => group.deltas.length === 0).length,
  };
}

function isShown(group: CompareGroupDto, view: CompareView): boolean {
  if (group.deltas.length === 0) return view.all;
  return view.decided || !isDecided(group);
}

function matches(group: CompareGroupDto, view: CompareView): boolean {
  const q = view.q.trim().toLowerCase();
  const named = !q || `${group.schema}.${group.name}`.toLowerCase().includes(q) || group.deltas.some((delta) => delta.name.toLowerCase().includes(q));
  const kind = !view.kind || group.kind === view.kind || group.deltas.some((delta) => delta.kind === view.kind);
  const change = !view.change || group.deltas.some((delta) => delta.change === view.change && (!view.kind || delta.kind === view.kind));
  return named && kind && change;
}
