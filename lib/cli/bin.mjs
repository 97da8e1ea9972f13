#!/usr/bin/env node
// `npx countersign` and `npm run -s countersign --`: plain JavaScript for whatever Node there is; hands over to the Node that the lock file pins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AT_START } from './at-start.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const pinned = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
// npm runs scripts in the folder of package.json and says where the person stands.
const folder = process.env.COUNTERSIGN_FOLDER ?? (process.env.npm_lifecycle_event === 'countersign' ? process.env.INIT_CWD : undefined) ?? process.cwd();

if (!existsSync(join(root, 'node_modules', 'pg'))) {
  process.stderr.write(`Countersign is not installed yet: run npm ci in ${root}.\n`);
  process.exit(2);
} else if (AT_START.every((flag) => process.execArgv.includes(flag)) || (!existsSync(pinned) && Number(process.versions.node.split('.')[0]) >= 24)) {
  // Two hundred small files are compiled at every start otherwise.
  module.enableCompileCache?.();
  process.chdir(root);
  const { main } = await import('./countersign.ts');
  process.exit(await main(process.argv.slice(2), folder));
} else {
  const child = spawn(pinned, [...AT_START, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, COUNTERSIGN_FOLDER: folder } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Countersign needs Node 24: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code) => process.exit(code ?? 2));
}
