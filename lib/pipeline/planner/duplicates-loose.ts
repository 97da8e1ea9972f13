import type { LockClaim, TableName } from '../plan.ts';
import { tableKey } from '../expectation.ts';
import { listed } from '../words.ts';
import { kept } from './aside.ts';
import type { Draft } from './draft.ts';
import type { Workbench } from './input.ts';
import { spoken } from './names.ts';
import { comesBack, keysOff, keysOn, keysOut } from './set-aside-keys.ts';

/**
 * Takes the foreign keys of a duplicate that stands aside off the tables that stay: its rows would hold back what is deleted there, or go with it. In a transaction of its own behind the
 * merge, because it locks the tables at the other ends, which would wait for the whole merge otherwise. Nothing where it has none.
 */
export function looseDraft(bench: Workbench, duplicate: TableName): Draft[] {
  const aside = kept(bench, duplicate);
  const keys = keysOut(bench, duplicate, true).map((key) => ({ ...key, on: aside }));
  if (keys.length === 0) return [];
  const others = [...new Map(keys.map(({ other }) => [tableKey(other), other])).values()];
  const names = listed(others.map(spoken));
  return [{
    title: `Take the foreign keys of ${spoken(duplicate)} to ${names} off`,
    statements: keysOff(keys),
    undo: keysOn(bench, keys),
    locks: others.map((table): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table })),
    rewrite: false,
    hazards: [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${names} wait for a moment, in which the foreign keys of ${spoken(duplicate)} go: its rows, which nobody sees any more, would hold back what is deleted there, or go with it. ${comesBack(bench, duplicate, 'a parent has gone')}` }],
    editable: false,
  }];
}
