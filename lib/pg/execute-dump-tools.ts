import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a tool is run with on behalf of a run, and how it is followed. */
export interface ToolTerms {
  tools: DumpTools;
  runId: string;
  attempt: number;
  /** PATH and HOME for the tools. */
  environment: Readonly<Record<string, string>>;
  stopping: () => boolean;
  stage: (index: number, label: string) => void;
  progress: (label: string, done: number, total: number | null, basis: string) => void;
}

/** `pg_dump` and `pg_restore` of one installation. */
export interface DumpTools {
  dump: string;
  restore: string;
  major: number;
  /** As the tool tells it: `15.18`. */
  version: string;
}

export interface ToolPlaces {
  /** A folder named by configuration; it is looked at first. */
  configured: string | null;
  /** The PATH of the process. */
  path: string;
}

/** Where packages and installers of the usual systems put one folder per version; `*` stands for the version. */
const USUAL: readonly string[] = [
  '/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/usr/lib64/pgsql/*/bin', '/opt/homebrew/opt/postgresql@*/bin', '/usr/local/opt/postgresql@*/bin',
  '/opt/homebrew/opt/libpq/bin', '/usr/local/opt/libpq/bin', '/Library/PostgreSQL/*/bin', '/Applications/Postgres.app/Contents/Versions/*/bin',
];
const ANSWER_MS = 10_000;

/**
 * The installation whose major version is nearest to the server's and not older: an older pg_dump refuses the server, and a much newer
 * one writes settings that the server does not know. Both tools must be there, of one version.
 * @returns the tools, or one sentence that says which version to install, and what was found instead.
 */
export async function findDumpTools(serverMajor: number, places: ToolPlaces): Promise<DumpTools | string> {
  const found = (await Promise.all(toolFolders(places).map(toolsIn))).filter((one) => one !== null);
  const fitting = found.filter((one) => one.major >= serverMajor).toSorted((a, b) => a.major - b.major);
  const best = fitting[0];
  if (best) return best;
  const versions = [...new Set(found.map((one) => one.version))];
  const instead = versions.length === 0 ? 'none was found' : `found: ${versions.join(', ')}, which is too old`;
  return `The server is PostgreSQL ${serverMajor}, and pg_dump must not be older (${instead}). Install the client tools of PostgreSQL ${serverMajor} (for example the package postgresql-client-${serverMajor}) on the machine of the worker, or name their folder in COUNTERSIGN_PG_BIN.`;
}

function toolFolders({ configured, path }: ToolPlaces): string[] {
  const folders = [...(configured === null ? [] : [configured]), ...path.split(delimiter).filter((folder) => folder !== ''), ...USUAL.flatMap(expanded)];
  const real = folders.filter((folder) => existsSync(join(folder, 'pg_dump')) && existsSync(join(folder, 'pg_restore'))).map((folder) => realpathSync(folder));
  return [...new Set(real)];
}

/** One star, in one part of the path. */
function expanded(pattern: string): string[] {
  const [before, after] = pattern.split('*');
  if (before === undefined || after === undefined) return [pattern];
  const parent = before.slice(0, before.lastIndexOf('/'));
  const start = before.slice(parent.length + 1);
  if (!existsSync(parent)) return [];
  return readdirSync(parent).filter((name) => name.startsWith(start)).map((name) => `${parent}/${name}${after}`);
}

async function toolsIn(folder: string): Promise<DumpTools | null> {
  const tools = { dump: join(folder, 'pg_dump'), restore: join(folder, 'pg_restore') };
  const [dump, restore] = await Promise.all([versionOf(tools.dump), versionOf(tools.restore)]);
  if (dump === null || dump !== restore) return null;
  return { ...tools, major: Number.parseInt(dump, 10), version: dump };
}

/** `pg_dump (PostgreSQL) 15.18 (…)` → `15.18`; null for what does not run. */
async function versionOf(tool: string): Promise<string | null> {
  const answer = await run(tool, ['--version'], { timeout: ANSWER_MS, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } as unknown as NodeJS.ProcessEnv }).catch(() => null);
  return answer === null ? null : (/\(PostgreSQL\) (\d+(?:\.\d+|beta\d+|rc\d+|devel)*)/.exec(answer.stdout)?.[1] ?? null);
}
