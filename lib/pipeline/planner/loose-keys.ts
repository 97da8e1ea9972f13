import type { LockClaim, TableName } from '../plan.ts';
import { tableKey } from '../expectation.ts';
import { listed } from '../words.ts';
import { kept } from './aside.ts';
import type { Conversion } from './convert-sql.ts';
import type { Draft } from './draft.ts';
import { text, type Workbench } from './input.ts';
import { spoken } from './names.ts';
import { comesBack, keysOff, keysOn, keysOut, type LooseKey } from './set-aside-keys.ts';

/**
 * Takes the foreign keys of a duplicate that stands aside off the tables that stay: its rows would hold back what is deleted there, or go with it. In a transaction of its own behind the
 * merge, because it locks the tables at the other ends, which would wait for the whole merge otherwise. Nothing where it has none.
 */
export function looseDuplicate(bench: Workbench, duplicate: TableName): Draft[] {
  const keys = keysOut(bench, duplicate, true).map((key) => ({ ...key, on: kept(bench, duplicate) }));
  return looseDraft(bench, spoken(duplicate), keys, 'would hold back what is deleted there, or go with it');
}

/**
 * The same of the old tables behind a swap. Only of keys that hold back: where a row goes with its parent, or loses its reference, a rollback does not bring back what the
 * application has deleted.
 */
export function looseOriginals(bench: Workbench, tables: readonly Conversion[]): Draft[] {
  const inside = new Set(tables.map((one) => one.id));
  const keys = tables.flatMap((one) => keysOut(bench, one.live, true).filter(({ key }) => !inside.has(text(key, 'references') ?? '') && HOLDS_BACK.has(text(key, 'onDelete') ?? '')).map((key) => ({ ...key, on: one.original })));
  return looseDraft(bench, `the old ${listed([...new Set(keys.map(({ on }) => on.name))])}`, keys, 'would hold back what is deleted there');
}

const HOLDS_BACK: ReadonlySet<string> = new Set(['NO ACTION', 'RESTRICT']);

function looseDraft(bench: Workbench, whose: string, keys: readonly LooseKey[], why: string): Draft[] {
  if (keys.length === 0) return [];
  const others = [...new Map(keys.map(({ other }) => [tableKey(other), other])).values()];
  const names = listed(others.map(spoken));
  const unless = comesBack(bench, keys[0]?.on ?? { schema: '', name: '' }, 'a parent has gone');
  return [{
    title: `Take the foreign keys of ${whose} to ${names} off`,
    statements: keysOff(keys),
    undo: keysOn(bench, keys),
    locks: others.map((table): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table })),
    rewrite: false,
    hazards: [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${names} wait for a moment, in which the foreign keys of ${whose} go: its rows, which nobody sees any more, ${why}. ${unless}` }],
    editable: false,
  }];
}
