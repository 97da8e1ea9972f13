// The door: plain JavaScript for whatever Node (20 or newer) the machine has. It installs what is missing and hands over to the
// Node that the lock file pins. Nothing outside Node itself may be imported here.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const pinnedNode = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const [command, ...rest] = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) < 20) stop(`Countersign needs Node 20 or newer to start with; this is ${process.versions.node}.`);
if (command !== 'demo' && command !== 'test') stop('Usage: npm run demo [-- --reset --rows 1000000 --load]   or   npm test');

if (!installed()) {
  process.stdout.write('Installing what is missing…\n');
  const code = await run('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'], { ...process.env, PATH: pathWithoutOurs() });
  if (code !== 0) stop('npm ci did not succeed; what it said is above.', code);
  if (!existsSync(pinnedNode)) stop('npm ci left out the pinned Node: it must be allowed to run install scripts (npm config get ignore-scripts).');
}
process.exit(await run(pinnedNode, [join('lib', 'cli', `${command}.ts`), ...rest], { ...process.env, PATH: `${dirname(pinnedNode)}${delimiter}${process.env.PATH ?? ''}` }, true));

/** Every package of the lock file is there in its version. Optional ones may be missing: they are for other platforms. */
function installed() {
  if (!existsSync(pinnedNode)) return false;
  try {
    const wanted = packagesOf('package-lock.json');
    const there = packagesOf(join('node_modules', '.package-lock.json'));
    return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => path === '' || there[path]?.version === version || (!there[path] && Boolean(optional ?? devOptional ?? peer)));
  } catch {
    return false;
  }
}

function packagesOf(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
}

/** npm ci replaces node_modules: it must not run on the Node that lies in there. */
function pathWithoutOurs() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== dirname(pinnedNode)).join(delimiter);
}

/** Runs to the end; signals are passed on. The channel, where there is one, closes when we die, and the other end then stops. */
function run(program, args, env, channel = false) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit' });
    const npm = npmAbove();
    const pass = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
    // An npm that was killed cannot pass on any signal: then nobody could stop us but us.
    const watch = setInterval(() => npm !== null && !existsSync(`/proc/${npm}`) && child.kill('SIGTERM'), 500);
    child.on('error', (error) => {
      process.stderr.write(`${program} cannot be started: ${error.message}\n`);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const each of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(each, pass);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** The npm that runs us, with or without a shell between; null where there is none or the system does not tell. */
function npmAbove() {
  try {
    for (let pid = process.ppid, level = 0; level < 2; level += 1, pid = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])) {
      if (/npm/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0.*bootstrap.*/s, ''))) return pid;
    }
  } catch {
    // Not Linux, or the process is gone.
  }
  return null;
}

function stop(sentence, code = 1) {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}
