import { readSources, type Import, type Source } from './imports.ts';

/** A room: which files, and where its arrows may point. `types:` in front: types only. */
interface Room {
  name: string;
  files: RegExp;
  to: readonly string[];
}

/** The first that fits counts. lib/README.md says the same in words. */
const ROOMS: readonly Room[] = [
  { name: 'app', files: /^app\//, to: ['components', 'actions', 'dal', 'types:pipeline'] },
  { name: 'components', files: /^components\//, to: ['actions', 'types:dal', 'types:pipeline', 'also in browsers'] },
  { name: 'also in browsers', files: /^lib\/pipeline\/(?:run|text-pieces)\.ts$/, to: ['pipeline'] },
  { name: 'pipeline', files: /^lib\/pipeline\//, to: ['also in browsers'] },
  { name: 'actions', files: /^lib\/actions\//, to: ['dal', 'types:pipeline'] },
  { name: 'dal', files: /^lib\/dal\//, to: ['auth', 'store', 'pg', 'pipeline', 'also in browsers', 'base'] },
  { name: 'auth', files: /^lib\/auth(\.ts|\/)/, to: ['store', 'base', 'pipeline'] },
  { name: 'store', files: /^lib\/store\//, to: ['pipeline', 'also in browsers', 'base'] },
  { name: 'execution', files: /^lib\/pg\/(execute|ledger|rebuild)[^/]*\.ts$/, to: ['pg', 'pipeline', 'also in browsers', 'base'] },
  { name: 'pg', files: /^lib\/pg\//, to: ['pipeline', 'also in browsers', 'base'] },
  { name: 'worker', files: /^lib\/worker\//, to: ['store', 'pg', 'execution', 'pipeline', 'also in browsers', 'base'] },
  { name: 'cli', files: /^lib\/cli\//, to: ['store', 'pg', 'pipeline', 'also in browsers', 'base'] },
  { name: 'testing', files: /^lib\/testing\//, to: ['cli', 'store', 'pg', 'execution', 'pipeline', 'also in browsers', 'worker', 'base', 'dal'] },
  { name: 'base', files: /^lib\/[^/]+\.ts$/, to: ['pipeline'] },
];

/** Packages that only some rooms may load. What is not listed is open to all but the pipeline. */
const PACKAGES: readonly { name: RegExp; rooms: readonly string[] }[] = [
  { name: /^pg$/, rooms: ['pg', 'execution', 'store', 'worker', 'cli', 'testing'] },
  { name: /^(kysely|pg-boss)$/, rooms: ['store', 'worker', 'testing'] },
  { name: /^next-auth(\/|$)/, rooms: ['auth', 'dal', 'components', 'app'] },
  { name: /^(next|react|react-dom)(\/|$)/, rooms: ['app', 'components', 'actions', 'dal', 'auth'] },
];

const PIPELINE_PACKAGES = /^(canonicalize|libpg-query|mdast-util-from-markdown|micromark-extension-gfm|mdast-util-gfm)$/;

function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}

/** One sentence per arrow that points the wrong way below `root`; tests may import what they like. */
export function violationsIn(root: string): string[] {
  const sources = readSources(root, ['app', 'components', 'lib']).filter((source) => !isTest(source.file));
  return [...sources.flatMap(violationsOf), ...webReachesExecution(sources)];
}

function violationsOf(source: Source): string[] {
  const room = roomOf(source.file);
  if (!room) return [`${source.file} lies in no room`];
  const environmentAllowed = source.file === 'lib/env.ts' || room.name === 'cli' || room.name === 'testing';
  return [
    ...source.imports.flatMap((one) => arrowViolation(room, one)),
    ...(source.readsEnvironment && !environmentAllowed ? [`${source.file} reads process.env, which only lib/env.ts and lib/cli may`] : []),
    ...(source.opaque ? [`${source.file} imports something that is not a literal`] : []),
  ];
}

function roomOf(file: string): Room | undefined {
  return ROOMS.find((room) => room.files.test(file));
}

function arrowViolation(room: Room, one: Import): string[] {
  if (one.to.endsWith('.css')) return [];
  if (/^(app|components|lib)\//.test(one.to)) {
    const target = roomOf(one.to);
    if (target?.name === room.name || room.to.includes(target?.name ?? '') || (one.type && room.to.includes(`types:${target?.name}`))) return [];
    return [`${one.from} imports ${one.type ? 'types of ' : ''}${one.to}: ${room.name} → ${target?.name ?? 'nowhere'} is no arrow of lib/README.md`];
  }
  if (one.type) return [];
  if (room.name === 'pipeline' || room.name === 'also in browsers') {
    const allowed = PIPELINE_PACKAGES.test(one.to) || (one.to === 'node:crypto' && one.from === 'lib/pipeline/digest.ts');
    return allowed ? [] : [`${one.from} imports ${one.to}: the pipeline imports nothing but the parsers of SQL and Markdown, canonicalize and, in digest.ts, node:crypto`];
  }
  if (one.to === 'node:process' || one.to === 'process') return [`${one.from} imports ${one.to}: process is global, and its env is read in lib/env.ts`];
  const rule = PACKAGES.find(({ name }) => name.test(one.to));
  return rule && !rule.rooms.includes(room.name) ? [`${one.from} imports ${one.to}, which is not for ${room.name}`] : [];
}

/** No detour either: what the web process loads must not lead to the code that changes a database under review. */
function webReachesExecution(sources: readonly Source[]): string[] {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const cameFrom = new Map<string, string | null>(sources.filter(({ file }) => /^(app|components|lib\/(actions|dal))\//.test(file)).map(({ file }) => [file, null]));
  for (const file of cameFrom.keys()) {
    for (const { to, type } of byFile.get(file)?.imports ?? []) if (!type && byFile.has(to) && !cameFrom.has(to)) cameFrom.set(to, file);
  }
  return [...cameFrom.keys()].filter((file) => roomOf(file)?.name === 'execution').map((file) => `the web process reaches ${file} by way of ${wayTo(file, cameFrom)}`);
}

function wayTo(file: string, cameFrom: ReadonlyMap<string, string | null>): string {
  const before = cameFrom.get(file);
  return before ? `${wayTo(before, cameFrom)} → ${file}` : file;
}
