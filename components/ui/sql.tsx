import { createCssVariablesTheme, createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { CopyButton } from './copy-button.tsx';

const THEME = createCssVariablesTheme({ name: 'countersign', variablePrefix: '--shiki-' });
let highlighter: ReturnType<typeof createHighlighterCore> | null = null;

/** One highlighter per process: making it costs more than all the SQL of a plan. */
function sqlHighlighter() {
  highlighter ??= createHighlighterCore({ themes: [THEME], langs: [import('shiki/langs/sql.mjs')], engine: createJavaScriptRegexEngine() });
  return highlighter;
}

/** SQL as it will be sent: highlighted, copyable, whole. */
export async function Sql({ sql, label }: { sql: string; label?: string }) {
  const shiki = await sqlHighlighter();
  const { tokens } = shiki.codeToTokens(sql, { lang: 'sql', theme: 'countersign' });
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-muted">
        <span className="min-w-0 truncate">{label ?? 'SQL'}</span>
        <span className="flex shrink-0 items-center gap-1">
          {tokens.length > 8 ? <span>{tokens.length} lines</span> : null}
          <CopyButton text={sql} />
        </span>
      </figcaption>
      {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} className="overflow-x-auto px-3 py-2 font-mono text-xs leading-5 -outline-offset-2">
        <code>
          {tokens.map((line, number) => (
            // Lines of a text have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <span key={number} className="block min-h-5">
              {line.map((token) => (
                <span key={token.offset} style={{ color: token.color }}>
                  {token.content}
                </span>
              ))}
            </span>
          ))}
        </code>
      </pre>
    </figure>
  );
}
