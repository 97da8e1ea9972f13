import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Canonical JSON (RFC 8785): equal values give equal text whatever the order of keys. Throws on values JSON cannot carry. */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('canonical: the value has no JSON form');
  return text;
}

/** The same text for a record whose values hold no records, in a quarter of the time: a large schema has a hundred thousand of them. */
export function canonicalFlat(record: Readonly<Record<string, string | number | boolean | null | readonly string[]>>): string {
  return `{${Object.keys(record).toSorted().map((key) => `${JSON.stringify(key)}:${JSON.stringify(record[key])}`).join(',')}}`;
}

/** sha256 of the UTF-8 text, 64 lower-case hex digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const BLOCK = 65_536;

/** sha256 of texts one behind the other, which are never made into one: of a large schema that would be a hundred megabytes. */
export function sha256Joined(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  let block = '';
  for (const text of texts) {
    block += text;
    if (block.length < BLOCK) continue;
    hash.update(block, 'utf8');
    block = '';
  }
  return hash.update(block, 'utf8').digest('hex');
}

/** sha256 of the canonical JSON of a value. */
export function digestOf(value: unknown): string {
  return sha256(canonical(value));
}
