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
  const { html, lines } = await highlighted(sql);
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
        <code dangerouslySetInnerHTML={{ __html: html }} />
      </pre>
    </figure>
  );
}

/** The SQL as HTML: neighbours of one colour are one span, plain text is none. */
export async function highlighted(sql: string): Promise<{ html: string; lines: number }> {
  const shiki = await sqlHighlighter();
  const { tokens } = shiki.codeToTokens(sql, { lang: 'sql', theme: 'countersign' });
  const html = tokens.map((line) => joined(line).map(span).join('')).join('\n');
  return { html, lines: tokens.length };
}

interface Coloured {
  color?: string | undefined;
  content: string;
}

function joined(line: readonly Coloured[]): Coloured[] {
  const parts: Coloured[] = [];
  for (const { color, content } of line) {
    const last = parts.at(-1);
    if (last && (last.color === color || content.trim() === '')) last.content += content;
    else parts.push({ color, content });
  }
  return parts;
}

function span({ color, content }: Coloured): string {
  const name = color === undefined ? undefined : /^var\(--shiki-token-([a-z-]+)\)$/.exec(color)?.[1];
  return name ? `<span class="sql-${name}">${escaped(content)}</span>` : escaped(content);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
