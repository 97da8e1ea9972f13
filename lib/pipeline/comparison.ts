import { asHere } from './as-here.ts';
import { differenceLines, withSignsFirst } from './comparison-lines.ts';
import { type Delta, diff } from './diff.ts';
import { comesUnplaced } from './kinds/placement.ts';
import { differences, isAside } from './noise.ts';
import { type Rename, spokenId } from './rename.ts';
import { isMove } from './rename-kinds.ts';
import { foldRenames, nameDeltas, proposedRenames, type RenameProposal } from './renames.ts';
import { namedFirst } from './script/chosen.ts';
import { makeScript, type Script } from './script/script.ts';
import { fingerprint, type Snapshot } from './snapshot.ts';
import { unreadOf, unreadSentences } from './unread.ts';

/** Two snapshots with everything that a person or a machine reads of their difference. The terminal's view of the comparison. */
export interface Comparison {
  current: ComparedSide;
  desired: ComparedSide;
  /** Everything that counts as different. */
  deltas: readonly Delta[];
  /** Differences that were not asked for, by what they are about. */
  hidden: readonly { what: string; count: number }[];
  /** Said when `deltas` are only a part of them: how many, and of how many. */
  part?: string;
  /** What could not be compared: sentences. */
  unread: readonly string[];
  script: Script;
  /** What looks like one object under two names, and nobody said so. */
  proposals?: readonly RenameProposal[];
}

export interface ComparedSide {
  name: string;
  snapshot: Snapshot;
}

export interface ComparisonOptions {
  /** Owners count. Between two servers role names seldom mean the same. */
  owners: boolean;
  /** Tablespaces count, as `pg_dump --no-tablespaces` says that they do not. Those of two servers seldom have the same names. */
  tablespaces?: boolean;
  /** Only these schemas, and what is in them; empty: all. */
  schemas?: readonly string[];
  /** Names to leave out: `schema`, or `schema.object`, where * stands for anything. */
  exclude?: readonly string[];
  /** What a person says is one object under two names; those that are not true of the two count for nothing. */
  renames?: readonly Rename[];
}

/**
 * Compares two snapshots as the terminal does: everything that `pg_dump -s` writes counts, but owners and tablespaces only when asked. The order of columns and
 * the versions of extensions are counted and never scripted. Pure.
 */
export function comparison(current: ComparedSide, desired: ComparedSide, options: ComparisonOptions): Comparison {
  const [found, after] = [within(current.snapshot, options), within(desired.snapshot, options)];
  const folded = foldRenames(found, after, options.renames ?? []);
  const before = folded.renamed;
  const satellites = before.satellites !== undefined && after.satellites !== undefined;
  const placed = asHere(before, options.tablespaces === true ? after : comesUnplaced(before, after));
  const besides = diff(before, placed, { satellites, aside: options.owners ? ['owner'] : [] }).filter(({ kind }) => options.tablespaces === true || kind !== 'placement');
  const deltas = [...nameDeltas(folded, after), ...besides];
  return {
    current: { ...current, snapshot: before },
    desired: { ...desired, snapshot: after },
    deltas,
    hidden: hiddenIn(differences(before, after), options),
    unread: [...unreadSentences(unreadOf(before, after)), ...(satellites ? [] : ['Grants and comments are not compared: one side was read by a version that did not know them.'])],
    script: namedFirst(makeScript(before, after, besides, { owners: options.owners, positions: true }), folded.taken),
    proposals: proposedRenames(before, after, besides),
  };
}

const HIDDEN_WORDS: Readonly<Record<string, string>> = { owner: 'owner', version: 'version of an extension', columnOrder: 'order of columns' };

function hiddenIn(deltas: readonly Delta[], { owners, tablespaces }: Pick<ComparisonOptions, 'owners' | 'tablespaces'>): { what: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const delta of deltas.filter(isAside)) {
    for (const { name } of delta.attributes) {
      const what = HIDDEN_WORDS[name];
      if (what !== undefined && !(owners && name === 'owner')) counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  const places = deltas.filter(({ kind }) => kind === 'placement').length;
  if (places > 0 && tablespaces !== true) counts.set('tablespace', places);
  return [...counts].map(([what, count]) => ({ what, count }));
}

/** The part of a snapshot that was asked for. Objects without a schema (extensions, casts, publications …) stay unless schemas were named. */
function within(snapshot: Snapshot, { schemas = [], exclude = [] }: ComparisonOptions): Snapshot {
  if (schemas.length === 0 && exclude.length === 0) return snapshot;
  const patterns = exclude.map((pattern) => new RegExp(`^${pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`));
  const out = (schema: string, id: string | null): boolean => {
    const name = id === null ? '' : id.slice(id.indexOf(':') + 1);
    return (schemas.length > 0 && !schemas.includes(schema)) || patterns.some((pattern) => pattern.test(schema) || pattern.test(name));
  };
  const wanted = (object: Snapshot['objects'][number]): boolean => {
    const schema = object.kind === 'schema' ? object.name : object.schema;
    const target = typeof object.attributes.target === 'string' ? object.attributes.target : null;
    return !out(schema, object.id) && !(object.parent !== null && out(schema, object.parent)) && !(target !== null && out(schema, target));
  };
  return { ...snapshot, objects: snapshot.objects.filter(wanted), ...(snapshot.satellites ? { satellites: snapshot.satellites.filter(wanted) } : {}) };
}

/** `rename? column public.t.mail → public.t.email: …` or `moved? table a.t → b.t: …`, with what says yes to it. */
export function proposalLines({ proposals = [] }: Pick<Comparison, 'proposals'>): string[] {
  return proposals.map(({ from, to, evidence }) => `${isMove({ from, to }) ? 'moved?' : 'rename?'} ${spokenId(from)} → ${pathOf(to)}: ${evidence.join(', ')}. If they are one: --rename '${pathOf(from)}=${pathOf(to)}'`);
}

function pathOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

function counted(deltas: readonly Delta[], current: string, desired: string): string {
  const of = (change: Delta['change']) => deltas.filter((delta) => delta.change === change).length;
  return `${deltas.length} ${deltas.length === 1 ? 'difference' : 'differences'}: ${of('add')} only in ${desired}, ${of('remove')} only in ${current}, ${of('change')} different`;
}

function closing(result: Comparison): string[] {
  const notes = [result.current, result.desired].flatMap(({ name, snapshot }) => (snapshot.origin?.notes ?? []).map((note) => `${name}: ${note}`));
  const kinds = [result.current, result.desired].flatMap(({ name, snapshot }) => (snapshot.notCompared.length > 0 ? [`Not compared in ${name}: ${snapshot.notCompared.map(({ kind, count }) => `${count} × ${kind}`).join(', ')}.`] : []));
  const hidden = result.hidden.reduce((sum, { count }) => sum + count, 0);
  return [...(hidden > 0 ? [`hidden: ${hidden} (${result.hidden.map(({ what, count }) => `${what}: ${count}`).join(', ')})`] : []), ...result.unread, ...kinds, ...notes];
}

/** For a terminal. */
export function comparisonText(result: Comparison): string {
  const { current, desired, deltas } = result;
  const verdict = deltas.length === 0 ? `${current.name} and ${desired.name} are identical: ${desired.snapshot.objects.length} objects.` : `${counted(deltas, current.name, desired.name)}.`;
  return `${[...deltas.flatMap(differenceLines), ...(deltas.length > 0 ? [''] : []), ...proposalLines(result), verdict, ...closing(result)].join('\n')}\n`;
}

/** For a pull request or a ticket. */
export function comparisonMarkdown(result: Comparison, sql: string): string {
  const { current, desired, deltas } = result;
  const head = `## \`${current.name}\` → \`${desired.name}\``;
  const hazards = result.script.steps.flatMap((step) => step.statements.flatMap((statement) => statement.hazards));
  const parts = [
    head,
    deltas.length === 0 && result.part === undefined ? `Identical: ${desired.snapshot.objects.length} objects.` : `${counted(deltas, current.name, desired.name)}.`,
    ...(result.part === undefined ? [] : [result.part]),
    ...(deltas.length > 0 ? [`\`\`\`diff\n${deltas.flatMap(differenceLines).map(withSignsFirst).join('\n').replaceAll('```', '` ` `')}\n\`\`\``] : []),
    ...((result.proposals ?? []).length > 0 ? [proposalLines(result).map((line) => `- ${line}`).join('\n')] : []),
    ...(hazards.length > 0 ? [`**Hazards**\n\n${hazards.map((hazard) => `- ${hazard}`).join('\n')}`] : []),
    ...(result.script.refusals.length > 0 ? [`**Differs, no script**\n\n${result.script.refusals.map(({ sentence }) => `- ${sentence}`).join('\n')}`] : []),
    ...(deltas.length > 0 ? [`<details><summary>SQL</summary>\n\n\`\`\`sql\n${sql.replaceAll('```', '` ` `')}\`\`\`\n\n</details>`] : []),
    ...closing(result),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sideJson({ name, snapshot }: ComparedSide) {
  const { target, origin } = snapshot;
  return {
    name, database: origin ? null : target.database, serverVersion: target.serverVersion, takenAt: snapshot.takenAt, fingerprint: fingerprint(snapshot.objects),
    objects: snapshot.objects.length, notCompared: snapshot.notCompared, notes: origin?.notes ?? [],
  };
}

/** For a program; `format` changes when a field changes its meaning. */
export function comparisonJson(result: Comparison): string {
  return `${JSON.stringify({
    countersign: 'comparison', format: 1, identical: result.deltas.length === 0 && result.part === undefined, ...(result.part === undefined ? {} : { part: result.part }), current: sideJson(result.current), desired: sideJson(result.desired),
    differences: result.deltas.map(({ change, kind, objectId, attributes, carries }) => ({ change, kind, object: objectId, attributes, carries })),
    ...(result.proposals === undefined ? {} : { renamesProposed: result.proposals.map(({ from, to, evidence }) => ({ from, to, evidence })) }),
    hidden: result.hidden, unread: result.unread,
    script: result.script.steps.map((step) => ({ statements: step.statements.map(({ objectId, sql, hazards }) => ({ object: objectId, sql, hazards })) })),
    refusals: result.script.refusals,
  }, null, 2)}\n`;
}
