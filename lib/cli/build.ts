import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { withoutOperators } from '#lib/env.ts';
import { Stop } from './command.ts';
import { LEASH } from './leash.ts';

const STAMP = '.next/countersign-sources';
const SOURCES = ['app', 'components', 'lib', 'next.config.js', 'proxy.ts', 'package.json', 'package-lock.json', 'tsconfig.json'];

/**
 * `next build`, unless the last one was made from exactly these sources. Returns whether it built.
 * @param begun gets what stops it: whoever waits for it no more would otherwise leave it running for minutes.
 */
export async function buildUnlessFresh(logFile: string, begun: (build: { stop: () => Promise<void> }) => unknown = () => undefined): Promise<boolean> {
  const sources = sourcesDigest();
  if (existsSync('.next/BUILD_ID') && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return false;
  rmSync('.next/BUILD_ID', { force: true });
  const { code, said } = await nextBuild(begun);
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, said);
  if (code !== 0 || !existsSync('.next/BUILD_ID')) throw new Stop(`The build failed; ${logFile} ends with:\n${said.trim().split('\n').slice(-30).join('\n')}`);
  writeFileSync(STAMP, sources);
  return true;
}

function nextBuild(begun: Parameters<typeof buildUnlessFresh>[1] & {}): Promise<{ code: number | null; said: string }> {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', LEASH, next, 'build'], {
      env: { ...withoutOperators(process.env), NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', COUNTERSIGN_LEASH: String(process.pid) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    let said = '';
    const hear = (chunk: Buffer): void => { said += chunk.toString(); };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('error', reject);
    const closed = new Promise<void>((done) => child.on('close', (code) => {
      resolve({ code, said });
      done();
    }));
    begun({ stop: () => endGroup(child, closed) });
  });
}

/** With the processes that it started, which keep its output open. */
async function endGroup({ pid, exitCode, signalCode }: ChildProcess, closed: Promise<void>): Promise<void> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
  await closed;
}

/** Names and contents of everything that the build reads. Tests and SQL are not part of it. */
function sourcesDigest(): string {
  const digest = createHash('sha256').update(process.version);
  for (const file of SOURCES.flatMap(filesIn)) digest.update(`\0${file}\0`).update(readFileSync(file));
  return digest.digest('hex');
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (/\.[a-z]+$/.test(path)) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
