import 'server-only';
import type { RunKind, RunState } from '#lib/pipeline/run.ts';
import { historyReadings, historyRuns, type HistoryReading, type HistoryRun } from '#lib/store/history.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { earlierReference } from '#lib/store/snapshots.ts';
import { configuration, databaseNamed } from './control.ts';
import type { RefusedDto } from './dto/answer.ts';
import { load, orRefused } from './gate.ts';

export type HistoryItem =
  /** `reference`: by which this reading can be compared for ever. */
  | { kind: 'reading'; at: string; by: string | null; reference: string; newest: boolean; drift: HistoryReading['drift'] }
  /** `href`: the comparison of the last reading before it with the first after it; null while there is none. */
  | { kind: 'run'; at: string; id: string; planId: string; planName: string; phaseTitle: string; phaseId: string; run: RunKind; state: RunState; by: string; ms: number | null; sentence: string | null; href: string | null };

export interface HistoryDto {
  name: string;
  environment: string;
  /** Newest first. */
  items: readonly HistoryItem[];
  /** Older ones are not shown. */
  cut: boolean;
}

const MOST = 200;

/** Everything that happened to a database that is known here: readings at which something had changed, and runs. Refused where it is not declared, or not any more. */
export const loadHistory = load(async ({ db }, name: string): Promise<HistoryDto | RefusedDto> => orRefused(() => historyOf(db, name)));

async function historyOf(db: ControlDb, name: string): Promise<HistoryDto> {
  const { environment } = databaseNamed(name, configuration());
  const [readings, runs] = [await historyReadings(db, name, MOST), await historyRuns(db, name, MOST)];
  const items = [...readings.map((reading, at) => readingItem(name, reading, at === 0)), ...runs.map((run) => runItem(name, run, readings))];
  return { name, environment, items: items.toSorted((a, b) => (a.at < b.at ? 1 : -1)), cut: readings.length === MOST || runs.length === MOST };
}

function readingItem(name: string, { takenAt, by, drift }: HistoryReading, newest: boolean): HistoryItem {
  return { kind: 'reading', at: takenAt.toISOString(), by, reference: newest ? name : earlierReference(name, takenAt), newest, drift };
}

function runItem(name: string, run: HistoryRun, readings: readonly HistoryReading[]): HistoryItem {
  const before = readings.find((reading) => reading.takenAt < run.requestedAt);
  const after = readings.findLast((reading) => run.endedAt !== null && reading.takenAt > run.endedAt);
  const sides = before && after ? new URLSearchParams({ current: earlierReference(name, before.takenAt), desired: earlierReference(name, after.takenAt), noise: '1' }) : null;
  return {
    kind: 'run', at: (run.endedAt ?? run.requestedAt).toISOString(), id: run.id, planId: run.planId, planName: run.planName, phaseTitle: run.phaseTitle, phaseId: run.phaseId, run: run.kind, state: run.state, by: run.by,
    ms: run.endedAt ? run.endedAt.getTime() - run.requestedAt.getTime() : null, sentence: run.sentence, href: sides && `/compare?${sides.toString()}`,
  };
}
