import { describe, expect, test } from 'vitest';
import { phaseOf, publicTable } from '#lib/testing/phase.ts';
import type { Step } from './plan.ts';
import { hardReasons, startLight, START_LIMITS, type StartReason, type StartTerms } from './start-light.ts';
import { startNeeds, type StartNeeds } from './start-needs.ts';
import type { SessionNow, StartReading, TableNow } from './start-reading.ts';

const ORDERS = publicTable('orders');
const GB = 1_073_741_824;
const TERMS: StartTerms = { maxLagSeconds: 5, volumeBytes: 100 * GB };
const REPORTS: SessionNow = { pid: 4711, application: 'reports', state: 'idle in transaction', seconds: 38, query: 'select *\n  from orders' };
const TABLE: TableNow = { table: ORDERS, bytes: 10 * GB, elsewhere: false, live: 1_000_000, dead: 0, putRightAt: '2026-01-01T00:00:00Z', freezeAge: 1_000, freezeMost: 200_000_000 };
const QUIET: StartReading = {
  readAt: '2026-01-01T00:00:00Z', holders: [], waiters: [], transactions: [], vacuums: [], tables: [TABLE], disk: { used: 20 * GB },
  server: { standby: false, sees: true, connections: { used: 12, most: 97 }, replicas: [], dumps: [], baseBackups: 0, archive: { on: true, archivedAt: '2026-01-01T00:00:00Z', failedAt: null, failed: 0 } },
};

function step(over: Partial<Step> = {}): Step {
  return { id: 'a.1', title: 'Rewrite', statements: [], undo: [], locks: [{ mode: 'ACCESS EXCLUSIVE', table: ORDERS }], rewrite: true, hazards: [], editable: false, ...over };
}

const REWRITE = startNeeds(phaseOf([{ id: 'rows', kind: 'rows', table: ORDERS }], { steps: [step()] }), null);

function said(code: StartReason['code'], change: { reading?: Partial<StartReading>; server?: Partial<StartReading['server']>; needs?: StartNeeds; terms?: Partial<StartTerms> }): readonly [string, string][] {
  const reading = { ...QUIET, ...change.reading, server: { ...QUIET.server, ...change.server } };
  return startLight(change.needs ?? REWRITE, reading, { ...TERMS, ...change.terms }).reasons.filter((one) => one.code === code).map((one) => [one.light, one.sentence]);
}

test('on a quiet database all is green, and every figure says where it comes from', () => {
  const { light, reasons } = startLight(REWRITE, QUIET, TERMS);
  expect(light).toBe('green');
  expect(reasons.map((one) => one.light)).not.toContain('unknown');
  expect(reasons.every((one) => one.source !== '')).toBe(true);
});

describe('sessions', () => {
  const held = [{ mode: 'RowExclusiveLock', table: 'public.orders' }];

  test('one that has held a lock against ours for long is named with pid, age and query; one of a moment is not', () => {
    expect(said('HOLDER', { reading: { holders: [{ ...REPORTS, held }] } })).toEqual([['amber', 'pid 4711 (reports, idle in transaction) holds ROW EXCLUSIVE on public.orders for 38 s; the run would wait for it.']]);
    expect(said('HOLDER', { reading: { holders: [{ ...REPORTS, seconds: START_LIMITS.holderSeconds, held }] } })).toEqual([['green', '1 session holds a lock in the way, none of them for more than 5 s.']]);
  });

  test('what it sent last stands beside, in one line, and is left out where it may not be seen', () => {
    const statements = [REPORTS, { ...REPORTS, query: '<insufficient privilege>' }].map((session) => startLight(REWRITE, { ...QUIET, holders: [{ ...session, held }] }, TERMS).reasons[0]?.statement);
    expect(statements).toEqual(['select * from orders', undefined]);
  });

  test('a lock that keeps none of ours out is no trouble, and one on another table neither', () => {
    const build = startNeeds(phaseOf([], { steps: [step({ rewrite: false, work: { kind: 'outside', act: { act: 'reindex', index: publicTable('i'), table: ORDERS } }, locks: [] })] }), null);
    expect(said('HOLDER', { needs: build, reading: { holders: [{ ...REPORTS, held }] } })).toEqual([['green', 'Nobody holds a lock that would keep the phase waiting.']]);
    expect(said('HOLDER', { reading: { holders: [{ ...REPORTS, held: [{ mode: 'AccessShareLock', table: 'public.others' }] }] } })[0]?.[0]).toBe('green');
  });

  test('an age that the role may not see counts as long, and what is not seen is said', () => {
    expect(said('HOLDER', { reading: { holders: [{ ...REPORTS, seconds: null, query: '<insufficient privilege>', held }] } })[0]).toEqual(['amber', 'pid 4711 (reports, idle in transaction) holds ROW EXCLUSIVE on public.orders since a time that is not shown; the run would wait for it.']);
    expect(said('SESSIONS', { server: { sees: false } })).toMatchObject([['unknown', expect.stringContaining('lacks pg_read_all_stats')]]);
    expect(said('OLD_TRANSACTION', { server: { sees: false } })).toEqual([]);
  });

  test('an old transaction matters sooner where an index is built beside the live ones', () => {
    const build = { ...REWRITE, waitsForAll: true };
    expect(said('OLD_TRANSACTION', { reading: { transactions: [REPORTS] } })).toEqual([['green', 'The oldest transaction is 38 s old.']]);
    expect(said('OLD_TRANSACTION', { needs: build, reading: { transactions: [REPORTS] } })[0]).toEqual(['amber', 'pid 4711 (reports, idle in transaction) has been in a transaction for 38 s. An index that is built concurrently waits for it to end.']);
    expect(said('OLD_TRANSACTION', { reading: { transactions: [{ ...REPORTS, pid: 0, seconds: 90_000 }] } })[0]?.[1]).toMatch(/^A prepared transaction has been in a transaction for 25 h 0 m\. Vacuum/);
  });

  test('a queue is amber, with whom it waits for', () => {
    expect(said('WAITERS', { reading: { waiters: [{ ...REPORTS, waits: 3, mode: 'AccessExclusiveLock', table: 'public.orders', blockedBy: [12] }] } })[0]).toEqual(['amber', 'pid 4711 (reports, idle in transaction) waits since 3 s behind pid 12 for ACCESS EXCLUSIVE on public.orders; the run would queue behind it.']);
  });
});

function behind(lagSeconds: number | null): Partial<StartReading['server']> {
  return { replicas: [{ name: 'r1', state: 'streaming', lagSeconds, bytes: 9 }] };
}

describe('replicas', () => {
  test('beyond the limit they forbid the start; a limit of 0 forbids nothing', () => {
    expect(said('REPLICAS', { server: behind(5.1) })).toEqual([['red', 'The replica r1 is 5.1 s behind, and 5 s are allowed: the run would stand still before its first step.']]);
    expect(said('REPLICAS', { server: behind(5.1), terms: { maxLagSeconds: 0 } })[0]?.[0]).toBe('amber');
    expect(said('REPLICAS', { server: behind(null) })).toEqual([['green', '1 replica follows, at most 0.0 s behind.']]);
  });

  test('what the role may not see is unknown, and no reason to forbid', () => {
    expect(said('REPLICAS', { server: { ...behind(null), sees: false } })[0]?.[0]).toBe('unknown');
  });
});

function sql(text: string): Step['statements'] {
  return [{ do: 'execute', label: '', sql: text }];
}

describe('the disk', () => {
  test('a copy that does not fit forbids the start, one that hardly fits does not', () => {
    expect(said('DISK', { terms: { volumeBytes: 29 * GB } })[0]).toEqual(['red', 'The phase writes about 10 GB (one copy each of 1 table with indexes, as large as they are now), and there is no room for it. At most 9.0 GB of 29 GB are free. A rehearsal measures what it really takes.']);
    expect(said('DISK', { terms: { volumeBytes: 40 * GB } })[0]?.[0]).toBe('amber');
    expect(said('DISK', {})[0]?.[0]).toBe('green');
  });

  test('what nobody said is unknown and never a guess; a large copy into the unknown is amber', () => {
    expect(said('DISK', { terms: { volumeBytes: null } })[0]).toEqual(['amber', 'The phase writes about 10 GB (one copy each of 1 table with indexes, as large as they are now). How much room the disk has is unknown: the server does not tell how large its disk is, and the configuration does not either.']);
    expect(said('DISK', { terms: { volumeBytes: null }, reading: { tables: [{ ...TABLE, bytes: 8_192 }] } })[0]?.[0]).toBe('unknown');
    expect(said('DISK', { reading: { disk: { used: null } } })[0]?.[1]).toContain('the credential may not measure the tablespaces');
    expect(said('DISK', { reading: { tables: [{ ...TABLE, bytes: null }] } })[0]).toMatchObject(['unknown', expect.stringMatching(/^What the phase writes is unknown: the size of 1 table that it copies/)]);
  });

  test('a backup is a copy, and what builds indexes writes what nobody can tell beforehand', () => {
    const reads = [{ mode: 'ACCESS SHARE' as const, table: ORDERS }];
    const backup = startNeeds(phaseOf([], { kind: 'backup', steps: [step({ rewrite: false, locks: reads, statements: sql('CREATE TABLE k.orders AS SELECT * FROM public.orders') })] }), null);
    expect(said('DISK', { needs: backup, terms: { volumeBytes: 29 * GB } })[0]?.[0]).toBe('red');
    const index = startNeeds(phaseOf([], { kind: 'written', steps: [step({ rewrite: false, statements: sql('create index on orders (a)') })] }), null);
    expect(said('DISK', { needs: index })[0]).toEqual(['unknown', 'What the phase writes is unknown: it builds indexes or writes rows, and only a rehearsal tells how many bytes that is. At most 80 GB of 100 GB are free.']);
    const comment = startNeeds(phaseOf([], { kind: 'written', steps: [step({ rewrite: false, statements: sql('comment on table orders is null') })] }), null);
    expect(said('DISK', { needs: comment })[0]).toEqual(['green', 'The phase copies no table. At most 80 GB of 100 GB are free.']);
  });

  test('a table on another disk says nothing about this one', () => {
    expect(said('DISK', { terms: { volumeBytes: 29 * GB }, reading: { tables: [{ ...TABLE, elsewhere: true }] } })[0]).toMatchObject(['unknown', expect.stringContaining('public.orders lies in a tablespace of another disk')]);
  });

  test('what a rehearsal took counts more than the size of the table', () => {
    expect(said('DISK', { needs: { ...REWRITE, rehearsed: { bytes: GB, at: '' } }, terms: { volumeBytes: 29 * GB } })[0]).toEqual(['green', 'The phase writes about 1.0 GB (what it took in its rehearsal). At most 9.0 GB of 29 GB are free.']);
  });
});

test('dead rows, age, vacuum, dumps, backups, failing archive, few connections and a standby are amber each, and none of them forbids', () => {
  const reading: StartReading = {
    ...QUIET, tables: [{ ...TABLE, live: 600_000, dead: 400_000, freezeAge: 190_000_000 }],
    vacuums: [{ ...REPORTS, table: 'public.orders', phase: 'scanning heap', wraparound: true }],
    server: { ...QUIET.server, standby: true, connections: { used: 95, most: 97 }, dumps: [REPORTS], baseBackups: 1, archive: { on: true, archivedAt: '2026-01-01T00:00:00Z', failedAt: '2026-01-01T00:05:00Z', failed: 7 } },
  };
  const { light, reasons } = startLight(REWRITE, reading, TERMS);
  expect(light).toBe('amber');
  expect(reasons.filter((one) => one.light === 'amber').map((one) => one.code).toSorted()).toEqual(['ARCHIVE', 'BASE_BACKUP', 'BLOAT', 'CONNECTIONS', 'DUMP', 'FREEZE', 'STANDBY', 'VACUUM']);
  expect(hardReasons(REWRITE, reading, TERMS).map((one) => one.light)).toEqual(['green', 'green']);
});

test('what a phase needs is read from its document: locks, copies, and tables that it touches but not its own schema', () => {
  const needs = startNeeds(phaseOf([], { touches: ['table:public.parents', 'add:index:public.x'], steps: [step(), step({ rewrite: false, locks: [{ mode: 'SHARE', table: publicTable('others') }, { mode: 'SHARE', table: { schema: 'countersign_k', name: 'copy' } }] })] }), null);
  expect(needs.tables.map((table) => `${table.schema}.${table.name}`)).toEqual(['public.orders', 'public.others', 'public.parents']);
  expect(needs.copies).toEqual([ORDERS]);
  expect(needs.waitsForAll).toBe(false);
});
