import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { COMPILE_CACHE } from './compile-cache.ts';

/** What came of a suite of `npm test`. */
export interface Outcome {
  passed: number;
  failed: number;
  /** Each failure once more under the counts: whoever sees only the end of the output knows what to run again. */
  failures?: readonly string[];
  note?: string;
}

/** Runs a script on our Node with its output passed on; nobody is asked anything. */
export function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...COMPILE_CACHE, ...process.env, ...env } });
    const pass = (signal: NodeJS.Signals): void => { child.kill(signal); };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
    child.on('error', reject);
    child.on('exit', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
      resolve(code ?? 1);
    });
  });
}

/** The results that a test runner left as JSON; all fields missing when it left none. */
export function readResults<T extends object>(file: string): Partial<T> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return {};
  }
}

/** The start of a message in one line: what was expected, and of what. */
export function inOneLine(message = 'no message'): string {
  return stripVTControlCharacters(message).split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 5).join(' | ').slice(0, 400);
}

/** A runner that failed without a failed test (a file that does not load, a leak at the end) counts as one and says so; so does a suite without tests. */
export function judged(code: number, passed: number, failed: number, skipped: number, failures: readonly string[]): Outcome {
  const broken = failed === 0 && skipped === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  const said = broken > 0 && failures.length === 0 ? [`no test failed, and the runner ended with ${code}`] : failures;
  return { passed, failed: failed + skipped + broken, failures: said, ...(skipped > 0 ? { note: `${skipped} skipped, which proves nothing and counts as failed` } : {}) };
}
