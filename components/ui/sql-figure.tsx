import { CopyButton } from './copy-button.tsx';

export interface HighlightedSql {
  sql: string;
  label?: string | undefined;
  html: string;
  lines: number;
}

/** SQL whose colours have not come, or not yet. */
type BareSql = Pick<HighlightedSql, 'sql' | 'label'> & { html?: never; lines?: never };

/** SQL as it will be sent: highlighted, copyable, whole. The highlighting was made elsewhere: on the server of this page, or of an answer to it. */
export function SqlFigure({ sql, label, html, lines = sql.split('\n').length }: HighlightedSql | BareSql) {
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-muted">
        <span className="min-w-0 truncate" title={label}>
          {label ?? 'SQL'}
        </span>
        <span className="flex shrink-0 items-center gap-1">
          {lines > 8 ? <span>{lines} lines</span> : null}
          <CopyButton text={sql} />
        </span>
      </figcaption>
      {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} className="overflow-x-auto px-3 py-2 font-mono text-xs leading-5 -outline-offset-2">
        {/* One text instead of a thousand elements: a phase has a hundred statements, and each element is sent twice. Everything in it is escaped. */}
        {html === undefined ? <code>{sql}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />}
      </pre>
    </figure>
  );
}
