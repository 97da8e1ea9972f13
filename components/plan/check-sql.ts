import type { CheckedSql } from '#lib/dal/check-sql.ts';

/** Asks the server's parser about a text; null when it cannot be asked now, which says nothing about the text. */
export async function checkSql(text: string, signal: AbortSignal): Promise<CheckedSql | null> {
  try {
    const response = await fetch('/api/sql/check', { method: 'POST', body: text, signal, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
    return response.ok ? ((await response.json()) as CheckedSql) : null;
  } catch {
    return null;
  }
}
