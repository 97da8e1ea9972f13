import { describe, expect, test } from 'vitest';
import { alignTexts } from '#lib/pipeline/text-pieces.ts';
import { markWords } from './text-diff.ts';

describe('alignTexts', () => {
  test('what is in both stays in order, the first comes before the second', () => {
    const pieces = alignTexts(['a', 'b', 'c', 'e'], ['a', 'x', 'c', 'd', 'e']);
    expect(pieces.map((piece) => `${piece.side} ${piece.text}`)).toEqual(['both a', 'first b', 'second x', 'both c', 'second d', 'both e']);
  });
  test('each side can be read back whole', () => {
    const first = 'create table t ( id text , name text )'.split(' ');
    const second = 'create table t ( id uuid not null , title text )'.split(' ');
    const pieces = alignTexts(first, second);
    expect(pieces.filter((piece) => piece.side !== 'second').map((piece) => piece.text)).toEqual(first);
    expect(pieces.filter((piece) => piece.side !== 'first').map((piece) => piece.text)).toEqual(second);
  });
  test('an empty side leaves everything to the other', () => {
    expect(alignTexts([], ['a'])).toEqual([{ side: 'second', text: 'a' }]);
    expect(alignTexts([], [])).toEqual([]);
  });
});

describe('markWords', () => {
  test('only the words that differ are marked', () => {
    expect(markWords('FOREIGN KEY (id) REFERENCES a(id)', 'FOREIGN KEY (id) REFERENCES b(id)').filter((part) => part.marked)).toEqual([{ text: 'a', marked: true }]);
  });
  test('a quoted name is one word', () => {
    expect(markWords('"bazaar-vid_exports"', '"bazaar-vid_project"')).toEqual([{ text: '"bazaar-vid_exports"', marked: true }]);
  });
  test('neighbouring changed words are one mark and nothing is lost', () => {
    const parts = markWords('character varying(255)', 'uuid');
    expect(parts.map((part) => part.text).join('')).toBe('character varying(255)');
  });
});
