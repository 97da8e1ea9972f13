// The web process of production (`npm start`): checks its environment, then serves the build without any credential that could
// change a database under review.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { webEnv, withoutOperators } from '#lib/env.ts';
import { runCommand, Stop } from './command.ts';
import { LEASH } from './leash.ts';

const PATIENCE_MS = 3_000;

await runCommand(async () => {
  const { host, port } = webEnv();
  if (!existsSync('.next/BUILD_ID')) throw new Stop('There is no build to serve: run `npm run build` first.');
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const child = spawn(process.execPath, ['--import', LEASH, next, 'start', '--hostname', host, '--port', String(port)], {
    env: { ...withoutOperators(process.env), NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', COUNTERSIGN_LEASH: String(process.pid) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      asked = true;
      child.kill('SIGTERM');
      // Next waits for open requests; a live page would hold it for as long as somebody looks at it.
      setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS).unref();
    });
  }
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    // Ended by a signal or with its number when it was asked to: that is the good end.
    child.on('exit', (code, signal) => resolve(asked && (signal !== null || code === 143 || code === 130) ? 0 : (code ?? 1)));
  });
});
