import { describe, expect, test } from 'vitest';
import { highlighted } from './highlight.ts';

describe('highlighted', () => {
  test('no text of a statement becomes markup', async () => {
    const { html } = await highlighted(`select '<img src=x onerror=alert(1)>' as "a&b", "</code><script>" from t where a < b -- <b>`);
    expect(html.replaceAll(/<span class="sql-[a-z-]+">|<\/span>/g, '')).not.toMatch(/[<>"]/);
  });
  test('nothing of the statement is lost', async () => {
    const sql = 'create table "bazaar-vid_exports" (\n  id uuid default gen_random_uuid() not null\n);';
    const { html, lines } = await highlighted(sql);
    const text = html.replaceAll(/<[^>]+>/g, '').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    expect(text).toBe(sql);
    expect(lines).toBe(3);
  });
});
