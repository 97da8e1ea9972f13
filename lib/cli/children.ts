import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMPILE_CACHE } from './compile-cache.ts';
import { LEASH } from './leash.ts';

export interface Child {
  name: string;
  /** Resolves with one sentence when the process has ended, for whatever reason. */
  ended: Promise<string>;
  /** Where its log is, and how it ends. */
  lastWords: () => string;
  /** SIGTERM, and SIGKILL after the patience. */
  stop: () => Promise<void>;
}

/**
 * Starts a module on the Node we run on, with exactly this environment and its output in a file. It has a process group of its
 * own, so that Ctrl-C does not end it before we say so, and the leash, so that it does not outlive us.
 */
export function startChild(name: string, module: string, env: Readonly<Record<string, string | undefined>>, logFile: string): Child {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--import', LEASH, module], { env: { NODE_ENV: 'production', ...COMPILE_CACHE, ...env, COUNTERSIGN_LEASH: String(process.pid) }, stdio: ['ignore', log, log, 'ipc'], detached: true });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`${name} could not be started: ${error.message}.`));
    child.on('exit', (code, signal) => resolve(`${name} ended (${signal ?? `exit code ${code}`}).`));
  });
  return { name, ended, lastWords: () => lastWords(logFile), stop: () => end(child, ended) };
}

/** A part that dies again so soon has a trouble that starting it cures no more. */
const RESTARTS = 3;
const WITHIN_MS = 60_000;
const PAUSE_MS = 500;

/**
 * Starts a part again when it dies, as a supervisor does in production, and says so in one line. `ended` resolves when it has died
 * more than three times within a minute, or was stopped.
 */
export function keepChild(start: () => Child, say: (line: string) => void): Child {
  let child = start();
  let stopping = false;
  const keep = async (): Promise<string> => {
    let restarts: number[] = [];
    for (;;) {
      const why = await child.ended;
      restarts = restarts.filter((at) => at > Date.now() - WITHIN_MS);
      if (stopping) return why;
      if (restarts.length >= RESTARTS) return `${child.name} died ${RESTARTS + 1} times within a minute and is not started again. ${why}`;
      say(`${why} Starting it again.`);
      restarts.push(Date.now());
      await sleep(PAUSE_MS);
      if (stopping) return why;
      child = start();
    }
  };
  const ended = keep();
  return {
    name: child.name,
    ended,
    lastWords: () => child.lastWords(),
    stop: async () => {
      stopping = true;
      await child.stop();
      await ended;
    },
  };
}

async function end(child: ChildProcess, ended: Promise<string>, patienceMs = 8_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const given = new AbortController();
  const late = sleep(patienceMs, 'late', { signal: given.signal }).catch(() => 'in time');
  if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
  given.abort();
  await ended;
}

function lastWords(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-12);
    return `Its log is ${logFile} and ends with:\n${lines.join('\n')}`;
  } catch {
    return `Its log is ${logFile}.`;
  }
}
