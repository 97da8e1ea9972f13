import { spawn } from 'node:child_process';
import { Refused } from '#lib/pipeline/refusal.ts';

/** How a tool of Postgres ended: `failed` with what it wrote to stderr, for the worker's own log. */
export type ToolEnd = { ended: 'done'; stdout: string } | { ended: 'stopped' } | { ended: 'failed'; said: string };

/** A tool says that its server went away, or takes nobody for the moment: nothing about what it was to do. */
export function lostConnection(said: string): boolean {
  return /server closed the connection|terminating connection|connection to server .* failed|could not (receive|send) data|the database system is|no connection to the server|SSL connection has been closed|connection not open/i.test(said);
}

export interface ToolCall {
  program: string;
  args: readonly string[];
  /** Connection as libpq's environment variables; nothing of it is on the command line, which every account of the machine can read. */
  environment: Readonly<Record<string, string>>;
  stopping: () => boolean;
}

const LOOK_MS = 100;
/** A tool that is told to end cancels its query first. */
const GRACE_MS = 5_000;
/** The end of what a tool says is where it says why. */
const SAID_MOST = 20_000;
const STDOUT_MOST = 50_000_000;

/** libpq's variables for the parts of a URL. What has no variable is refused, because it would be left out in silence. */
const VARIABLES: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE', sslrootcert: 'PGSSLROOTCERT', sslcert: 'PGSSLCERT', sslkey: 'PGSSLKEY', sslcrl: 'PGSSLCRL', gssencmode: 'PGGSSENCMODE',
  channel_binding: 'PGCHANNELBINDING', target_session_attrs: 'PGTARGETSESSIONATTRS', connect_timeout: 'PGCONNECT_TIMEOUT', options: 'PGOPTIONS', host: 'PGHOST', port: 'PGPORT',
};

/**
 * The environment by which a tool of libpq reaches the database of a URL.
 * @throws Refused invalid_input for a parameter that libpq has no variable for.
 */
export function toolEnvironment(url: string, applicationName: string, base: Readonly<Record<string, string>>): Record<string, string> {
  const parsed = new URL(url);
  const environment: Record<string, string> = { ...base, LC_ALL: 'C', PGCONNECT_TIMEOUT: '10', PGAPPNAME: applicationName };
  const set = (name: string, value: string): void => {
    if (value !== '') environment[name] = value;
  };
  set('PGHOST', decodeURIComponent(parsed.hostname).replace(/^\[(.*)\]$/, '$1'));
  set('PGPORT', parsed.port);
  set('PGUSER', decodeURIComponent(parsed.username));
  set('PGPASSWORD', decodeURIComponent(parsed.password));
  set('PGDATABASE', decodeURIComponent(parsed.pathname.replace(/^\//, '')));
  for (const [name, value] of parsed.searchParams) {
    if (name === 'application_name') continue;
    const variable = VARIABLES[name];
    if (variable === undefined) throw new Refused('invalid_input', `The tools of Postgres cannot be given the parameter ${name} of the configured address.`);
    set(variable, value);
  }
  return environment;
}

/** Runs the tool to its end, or ends it when it is to stop. Never throws for what the tool does. */
export async function runTool(call: ToolCall): Promise<ToolEnd> {
  const child = spawn(call.program, [...call.args], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], env: call.environment as unknown as NodeJS.ProcessEnv });
  let stdout = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (stdout.length < STDOUT_MOST) stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-SAID_MOST);
  });
  const closed = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      said += String(error);
      resolve(null);
    });
    child.on('close', resolve);
  });
  let stopped = false;
  let killer: NodeJS.Timeout | undefined;
  const look = setInterval(() => {
    if (stopped || !call.stopping()) return;
    stopped = true;
    child.kill('SIGTERM');
    killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  }, LOOK_MS);
  const code = await closed;
  clearInterval(look);
  clearTimeout(killer);
  if (stopped) return { ended: 'stopped' };
  return code === 0 ? { ended: 'done', stdout } : { ended: 'failed', said };
}

/** Runs two tools, the first writing into the second, to their end, or ends both when they are to stop. Never throws for what they do. */
export async function runPiped(from: Omit<ToolCall, 'stopping'>, into: Omit<ToolCall, 'stopping'>, stopping: () => boolean): Promise<{ ended: 'done' } | { ended: 'stopped' } | { ended: 'failed'; by: 'first' | 'second'; said: string }> {
  const first = spawn(from.program, [...from.args], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], env: from.environment as unknown as NodeJS.ProcessEnv });
  const second = spawn(into.program, [...into.args], { cwd: '/', stdio: ['pipe', 'ignore', 'pipe'], env: into.environment as unknown as NodeJS.ProcessEnv });
  const said = { first: '', second: '' };
  first.stderr.on('data', (chunk: Buffer) => { said.first = (said.first + chunk.toString()).slice(-SAID_MOST); });
  second.stderr.on('data', (chunk: Buffer) => { said.second = (said.second + chunk.toString()).slice(-SAID_MOST); });
  // Whoever reads may go first; who writes then ends by itself.
  second.stdin.on('error', () => undefined);
  first.stdout.pipe(second.stdin);
  const codes = [first, second].map((child) => new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  }));
  const end = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    first.kill(signal);
    second.kill(signal);
  };
  let stopped = false;
  let killer: NodeJS.Timeout | undefined;
  const look = setInterval(() => {
    if (stopped || !stopping()) return;
    stopped = true;
    end('SIGTERM');
    killer = setTimeout(() => end('SIGKILL'), GRACE_MS);
  }, LOOK_MS);
  const [firstCode, secondCode] = await Promise.all(codes);
  clearInterval(look);
  clearTimeout(killer);
  if (stopped) return { ended: 'stopped' };
  // When the second fails, the first breaks off for want of a reader: the second says why.
  if (secondCode !== 0 && !(firstCode !== 0 && said.first !== '' && !/pipe/i.test(said.first))) return { ended: 'failed', by: 'second', said: said.second };
  return firstCode === 0 ? { ended: 'done' } : { ended: 'failed', by: 'first', said: said.first };
}
