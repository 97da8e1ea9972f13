import type { ListFilter } from '#lib/pipeline/compare-list.ts';
import type { ObjectKind } from '#lib/pipeline/snapshot.ts';

// The address of what one looks at in the comparison.

export const TABS = ['aligned', 'definition', 'sql'] as const;

export interface CompareView extends ListFilter {
  current: string | null;
  desired: string | null;
  /** Group that is open. */
  object: string | null;
  tab: (typeof TABS)[number];
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
  const folded = params.fold ?? [];
  return {
    current: one('current'),
    desired: one('desired'),
    object: one('object'),
    tab: oneOf(TABS, one('tab')) ?? 'aligned',
    q: one('q') ?? '',
    // Asked of a list that knows its kinds: a word that is none finds nothing.
    kind: one('kind') as ObjectKind | null,
    change: oneOf(['add', 'remove', 'change', 'identical'] as const, one('change')),
    hazard: oneOf(['loses', 'changes', 'rewrites', 'stops', 'refused'] as const, one('hazard')),
    decided: one('decided') === '1' ? 'shown' : one('decided') === 'only' ? 'only' : 'folded',
    all: one('all') === '1',
    noise: one('noise') === '1',
    folded: Array.isArray(folded) ? folded : [folded],
  };
}

/** The same from what the browser has. */
export function readAddress(params: URLSearchParams): CompareView {
  return readCompareView(Object.fromEntries([...params.keys()].map((name) => [name, params.getAll(name)])));
}

export function compareHref(view: CompareView, change: Partial<CompareView> = {}): string {
  const text = queryOf({ ...view, ...change }).toString();
  return text ? `/compare?${text}` : '/compare';
}

/** What stands behind the question mark; the parts of the comparison are asked for with the same words. */
export function queryOf(view: CompareView): URLSearchParams {
  const params = new URLSearchParams();
  if (view.current) params.set('current', view.current);
  if (view.desired) params.set('desired', view.desired);
  if (view.q) params.set('q', view.q);
  if (view.kind) params.set('kind', view.kind);
  if (view.change) params.set('change', view.change);
  if (view.hazard) params.set('hazard', view.hazard);
  if (view.decided !== 'folded') params.set('decided', view.decided === 'shown' ? '1' : 'only');
  if (view.all) params.set('all', '1');
  if (view.noise) params.set('noise', '1');
  for (const schema of view.folded) params.append('fold', schema);
  if (view.object) params.set('object', view.object);
  if (view.tab !== 'aligned') params.set('tab', view.tab);
  return params;
}

/** Nothing but the two sides: every difference that is not answered. */
export function unfiltered(view: CompareView): CompareView {
  return { ...view, q: '', kind: null, change: null, hazard: null, decided: 'folded', all: false, folded: [], object: null, tab: 'aligned' };
}

/** Whether the list leaves differences out that nobody has answered. */
export function isFiltered(view: CompareView): boolean {
  return view.q !== '' || view.kind !== null || view.change !== null || view.hazard !== null || view.decided === 'only';
}

function oneOf<T extends string>(words: readonly T[], word: string | null): T | null {
  return words.find((each) => each === word) ?? null;
}
