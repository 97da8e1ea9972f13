import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { byBytes, castGuardSql, castIsHarmless, keysDigest, keysDigestSql, typeSql } from './casts.ts';
import { counted, firstOf, grouped, listed } from './words.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('keys', () => {
  test('hash the same whatever order they come in, sorted by bytes and not by UTF-16', () => {
    expect(keysDigest(['b', 'a'])).toBe(hash('a\nb'));
    expect(keysDigest([])).toBe(hash(''));
    // A letter beyond U+FFFF sorts before U+FFFD in UTF-16 and after it in UTF-8.
    expect(['😀', '\u{FFFD}'].toSorted(byBytes)).toEqual(['\u{FFFD}', '😀']);
    expect(keysDigest(['😀', '\u{FFFD}'])).toBe(hash('\u{FFFD}\n😀'));
  });

  test('are the plain text of one column, a JSON array of several, with names quoted', () => {
    const table = { schema: 'public', name: 'bazaar-vid_exports' };
    expect(keysDigestSql(table, ['id'])).toBe(`SELECT encode(sha256(convert_to(coalesce(string_agg(k.key, E'\\n' ORDER BY k.key COLLATE "C"), ''), 'UTF8')), 'hex') FROM (SELECT c.id::text AS key FROM public."bazaar-vid_exports" c) k`);
    expect(keysDigestSql(table, ['a', 'B"'])).toContain(`jsonb_build_array(c.a::text, c."B"""::text)::text AS key`);
  });
});

function castIsKnown(from: string, to: string): boolean {
  return castGuardSql('v', from, to, 140_000).unsure === 'false';
}

describe('types', () => {
  test('come from a catalog and look like it, or are not put into a statement', () => {
    for (const type of ['uuid', 'character varying(255)', 'numeric(10,-2)', 'timestamp(3) without time zone', 'integer[]', 'public."My ""Type"', '"a.b"."select"', 'bit varying(5)']) expect(typeSql(type)).toBe(type);
    for (const type of ['', 'uuid; drop table x', "text'", 'text -- x', 'text/*', '"open', 'a\\b', 'uuid::text']) expect(() => typeSql(type)).toThrow('is not a type');
  });

  test('of which every value is examined exactly on all servers are known', () => {
    expect(['uuid', 'integer', 'bigint', 'boolean', 'character varying(9)', 'text'].every((to) => castIsKnown('text', to))).toBe(true);
    expect(['jsonb', 'inet', 'date', 'public.kind'].some((to) => castIsKnown('text', to))).toBe(false);
    expect(castIsKnown('point', 'uuid')).toBe(false);
  });

  test('aliases mean what they mean', () => {
    expect(castIsHarmless('int4', 'int8')).toBe(true);
    expect(castIsHarmless('varchar(3)', 'character varying(4)')).toBe(true);
    expect(castIsHarmless('character varying', 'varchar(4)')).toBe(false);
  });
});

describe('words', () => {
  test('numbers, plurals and lists read like a sentence', () => {
    expect([counted(0, 'row', 'rows'), counted(1, 'row', 'rows'), counted(1234567, 'row', 'rows')]).toEqual(['0 rows', '1 row', '1,234,567 rows']);
    expect([grouped(999), grouped(1000)]).toEqual(['999', '1,000']);
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c']);
    expect([firstOf(['a', 'b'], 2), firstOf(['a', 'b', 'c', 'd'], 40), firstOf([], 5)]).toEqual([': a and b', ': a, b, c and 37 more', '']);
  });
});
