import { accessSync, chmodSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './alive.ts';

const PREFIX = 'countersign-test-';
const MEMORY = '/dev/shm';
/** Several times what the servers hold at any moment of a run. */
const ROOM = 2 * 2 ** 30;

/**
 * A folder of this process for the databases that a run of tests makes and throws away. In memory where there is room: a thousand databases of a few
 * hundred files each take a tenth of the time there, and every commit of the demo waits for its disk. What a run that was killed left behind is
 * removed on the way.
 */
export function passingFolder(): { path: string; remove: () => void } {
  const place = roomyPlace();
  removeAbandoned(place);
  const path = mkdtempSync(join(place, `${PREFIX}${process.pid}-`));
  // The server's account must pass through; what is inside is closed to others by initdb.
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function roomyPlace(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= ROOM && process.availableMemory() >= 2 * ROOM) return MEMORY;
  } catch {
    // Not every system has it.
  }
  return tmpdir();
}

function removeAbandoned(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(place, name), { recursive: true, force: true });
  }
}
