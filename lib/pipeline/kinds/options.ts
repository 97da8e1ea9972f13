import type { SchemaObject } from '../snapshot.ts';
import { listOf } from './relation.ts';

/** `name 'value'` entries of a foreign object as an OPTIONS clause; empty when there are none. */
export function optionsClause(object: SchemaObject): string {
  const options = listOf(object, 'options');
  return options.length > 0 ? ` OPTIONS (${options.join(', ')})` : '';
}

/** `OPTIONS (DROP a, SET b '…', ADD c '…')` that turns one list into the other; empty when they are equal. */
export function changedOptions(before: readonly string[], after: readonly string[]): string {
  const known = new Map(before.map((option) => [name(option), option]));
  const wanted = new Set(after.map(name));
  const parts = [
    ...[...known.keys()].filter((each) => !wanted.has(each)).map((each) => `DROP ${each}`),
    ...after.filter((option) => known.get(name(option)) !== option).map((option) => `${known.has(name(option)) ? 'SET' : 'ADD'} ${option}`),
  ];
  return parts.length > 0 ? `OPTIONS (${parts.join(', ')})` : '';
}

function name(option: string): string {
  return /^(?:"(?:[^"]|"")*"|[^ ]+)/.exec(option)?.[0] ?? option;
}
