import type { Fence } from './markdown.ts';

const SQL = /^(?:sql|psql|postgres|postgresql|pgsql|plpgsql)$/;
const SHELL = /^(?:bash|sh|shell|zsh|console|terminal|shell-session|shellsession)$/;
const LOOKS_SQL = /^\s*(?:--|\/\*|BEGIN\b|SELECT\b|INSERT\b|UPDATE\b|DELETE\b|CREATE\b|ALTER\b|DROP\b|TRUNCATE\b|WITH\b|DO \$)/i;
const LOOKS_SHELL = /^\s*(?:\$ |#|sudo |pg_dump\b|psql\b|npm\b|npx\b|pnpm\b|yarn\b|docker\b|git\b|\.\/)/;

export function looksSql(text: string): boolean {
  return LOOKS_SQL.test(text);
}

/** What a passage is written in, as far as a plan can use it. */
export function languageOf(fence: Fence): 'sql' | 'shell' | null {
  if (SQL.test(fence.language)) return 'sql';
  if (SHELL.test(fence.language)) return 'shell';
  if (fence.language !== '' && fence.language !== 'text' && fence.language !== 'txt') return null;
  if (LOOKS_SHELL.test(fence.text)) return 'shell';
  return looksSql(fence.text) && fence.text.includes(';') ? 'sql' : null;
}
