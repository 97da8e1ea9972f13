import { createCssVariablesTheme, createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

const THEME = createCssVariablesTheme({ name: 'countersign', variablePrefix: '--shiki-' });
let highlighter: ReturnType<typeof createHighlighterCore> | null = null;

/** One highlighter per process: making it costs more than all the SQL of a plan. */
function sqlHighlighter() {
  highlighter ??= createHighlighterCore({ themes: [THEME], langs: [import('shiki/langs/sql.mjs')], engine: createJavaScriptRegexEngine() });
  return highlighter;
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
