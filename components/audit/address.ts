export interface LogView {
  actor: string | null;
  action: string | null;
  plan: string | null;
  /** ISO day; entries of it and later. */
  since: string | null;
  /** Only entries with a smaller number: the next page. */
  before: number | null;
}

type Params = Readonly<Record<string, string | string[] | undefined>>;

export function readLogView(params: Params): LogView {
  const one = (name: string): string | null => {
    const value = params[name];
    return (Array.isArray(value) ? value[0] : value) || null;
  };
  const before = Number(one('before') ?? 'x');
  const since = one('since');
  return { actor: one('actor'), action: one('action'), plan: one('plan'), since: since && /^\d{4}-\d{2}-\d{2}$/.test(since) ? since : null, before: Number.isSafeInteger(before) && before > 0 ? before : null };
}

/** A changed filter starts at the newest entry again. */
export function logHref(view: LogView, change: Partial<LogView>): string {
  const next = { ...view, before: null, ...change };
  const params = new URLSearchParams();
  for (const name of ['actor', 'action', 'plan', 'since', 'before'] as const) {
    const value = next[name];
    if (value !== null) params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `/log?${text}` : '/log';
}

/** `step.in_doubt` → `step in doubt`. */
export function actionWord(action: string): string {
  return action.replaceAll(/[._]/g, ' ');
}
