import { canonical } from '#lib/pipeline/digest.ts';
import { newRun, reduce, type RunEvent, type RunKind, type RunView, type StoredRunEvent } from '#lib/pipeline/run.ts';
import { type AuditRecord, writeAudit } from '#lib/store/audit.ts';
import type { ControlDb, ControlTrx } from '#lib/store/db.ts';
import type { Claim } from '#lib/store/lease.ts';
import { appendAsWorker } from '#lib/store/run-progress.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { LeaseLost, untilControlAnswers } from './control.ts';

export interface Alongside {
  audit?: readonly AuditRecord[];
  /** Further writes of the same transaction. */
  write?: (trx: ControlTrx) => Promise<void>;
  /** How long to wait for a control database that is away; without it as long as the process lives. */
  patienceMs?: number;
}

/** The events of one run: the worker's only memory. What is appended is durable when the promise resolves; what is noted follows within moments, in order. */
export interface Journal {
  view(): RunView;
  append(events: readonly RunEvent[], alongside?: Alongside): Promise<void>;
  note(event: RunEvent): void;
  /** Reads what others appended (a cancel request). */
  refresh(): Promise<void>;
  /** Writes what was noted and stops. Never throws. */
  close(): Promise<void>;
}

const NOTE_MS = 150;

/** Opens the journal of a claimed run. `impatient` makes every wait for the control database end. */
export async function openJournal(db: ControlDb, claim: Claim, kind: RunKind, stepIds: readonly string[], impatient: () => boolean): Promise<Journal> {
  let view = newRun(kind, stepIds);
  let noted: RunEvent[] = [];
  let line: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function read(): Promise<void> {
    const events = await untilControlAnswers(() => eventsAfter(db, claim.id, view.lastSeq), impatient);
    view = events.reduce(reduce, view);
  }

  async function write(events: readonly RunEvent[], alongside: Alongside): Promise<void> {
    const until = alongside.patienceMs === undefined ? Infinity : performance.now() + alongside.patienceMs;
    await untilControlAnswers(async (again) => {
      const news = await eventsAfter(db, claim.id, view.lastSeq);
      // The answer to the first try may have been lost after it had been committed.
      if (again && holds(news, events)) return;
      const seen = news.reduce(reduce, view);
      const after = events.reduce((run, event) => reduce(run, { seq: run.lastSeq + 1, at: '', event }), seen);
      const held = await db.transaction().execute(async (trx) => {
        if (!(await appendAsWorker(trx, claim, events, after.state, after.sentence))) return false;
        await alongside.write?.(trx);
        for (const record of alongside.audit ?? []) await writeAudit(trx, record);
        return true;
      });
      if (!held) throw new LeaseLost();
    }, () => impatient() || performance.now() > until);
    await read();
  }

  /** One writer at a time, in the order of the calls; a failed one does not stop those behind it. */
  function inLine(work: () => Promise<void>): Promise<void> {
    const mine = line.then(work);
    line = mine.catch(() => undefined);
    return mine;
  }

  function takeNoted(): RunEvent[] {
    clearTimeout(timer);
    timer = undefined;
    const events = noted;
    noted = [];
    return events;
  }

  await read();
  return {
    view: () => view,
    append: (events, alongside = {}) => {
      const before = takeNoted();
      return inLine(() => write([...before, ...events], alongside));
    },
    note: (event) => {
      noted = withNote(noted, event);
      timer ??= setTimeout(() => {
        const events = takeNoted();
        // A lost lease shows itself to the loop by its own next append; a note is not worth more.
        inLine(() => write(events, {})).catch(() => undefined);
      }, NOTE_MS);
    },
    refresh: () => inLine(read),
    close: async () => {
      const events = takeNoted();
      if (events.length > 0) await inLine(() => write(events, { patienceMs: 0 })).catch(() => undefined);
      await line;
    },
  };
}

/** Progress replaces the progress before it: only the last figure counts. */
function withNote(noted: readonly RunEvent[], event: RunEvent): RunEvent[] {
  const last = noted.at(-1);
  return last?.type === 'progress' && event.type === 'progress' && last.step === event.step ? [...noted.slice(0, -1), event] : [...noted, event];
}

function holds(stored: readonly StoredRunEvent[], events: readonly RunEvent[]): boolean {
  const wanted = events.map(canonical);
  const there = stored.map((one) => canonical(one.event));
  return wanted.length > 0 && there.some((_, at) => wanted.every((text, index) => there[at + index] === text));
}
