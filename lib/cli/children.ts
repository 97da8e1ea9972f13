import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASH } from './leash.ts';

export interface Child {
  name: string;
  pid: number;
  /** Resolves with one sentence when the process has ended, for whatever reason. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL after the patience. */
  stop: () => Promise<void>;
}

/**
 * Starts a module on the Node we run on, with exactly this environment and its output in a file. It has a process group of its
 * own, so that Ctrl-C does not end it before we say so, and the leash, so that it does not outlive us.
 */
export function startChild(name: string, module: string, env: Readonly<Record<string, string | undefined>>, logFile: string): Child {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--import', LEASH, module], { env: { NODE_ENV: 'production', ...env, COUNTERSIGN_LEASH: String(process.pid) }, stdio: ['ignore', log, log, 'ipc'], detached: true });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`${name} could not be started: ${error.message}.`));
    child.on('exit', (code, signal) => resolve(`${name} ended (${signal ?? `exit code ${code}`}). ${lastWords(logFile)}`));
  });
  return { name, pid: child.pid ?? 0, ended, stop: () => end(child, ended) };
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

/** Where to look, and the last thing that was said. */
function lastWords(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-12);
    return `Its log is ${logFile} and ends with:\n${lines.join('\n')}`;
  } catch {
    return `Its log is ${logFile}.`;
  }
}
