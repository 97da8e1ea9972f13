import { ident } from './ddl.ts';
import { bodyOf, wordOf } from './moved-names.ts';
import { isMove } from './rename-kinds.ts';
import { type Rename, spokenId, type TakenRename } from './rename.ts';
import { parseObjectId, type Snapshot } from './snapshot.ts';
import { listed } from './words.ts';

type Read = Pick<Snapshot, 'objects'>;

/** So many routines are named; of more, the number. */
const MOST_NAMED = 5;

/**
 * Routines of which the body says the name, with the schema or, where the search path finds it, without. The server keeps these bodies as texts, in which no name follows; those that say something else
 * on the desired side are a difference of their own.
 */
export function bodiesThatSay(current: Read, desired: Read, { from }: Rename): string[] {
  const { kind, path } = parseObjectId(from);
  if (kind === 'column') return [];
  const [schema = '', name = ''] = path;
  const said = new RegExp(kind === 'schema' ? `(?<![\\w"$.])${escaped(ident(schema))}\\.` : `(?<![\\w"$.])(?:${escaped(ident(schema))}\\.)?${escaped(wordOf(kind, name))}(?![\\w"$])`);
  const bodies = current.objects.flatMap((one) => (one.kind === 'function' || one.kind === 'procedure') && one.id !== from && said.test(bodyOf(String(one.attributes.definition))) ? [one] : []);
  if (bodies.length === 0) return [];
  const wanted = new Map(desired.objects.map((one) => [one.id, one]));
  return bodies.filter((one) => { const twin = wanted.get(one.id); return twin && bodyOf(String(twin.attributes.definition)) === bodyOf(String(one.attributes.definition)); }).map((one) => `${ident(one.schema)}.${one.name}`);
}

/** What a rename costs, a sentence each. */
export function renameCosts(rename: Rename & Pick<TakenRename, 'bodies'>): string[] {
  const { bodies } = rename;
  const named = [...bodies.slice(0, MOST_NAMED), ...(bodies.length > MOST_NAMED ? [`${bodies.length - MOST_NAMED} more`] : [])];
  const it = bodies.length === 1 ? 'it says' : 'they say';
  return [oldNameFails(rename), ...(bodies.length === 0 ? [] : [`The name stands in the text of ${listed(named)}, which no statement changes: what ${it} there is not found any more.`])];
}

function oldNameFails(rename: Rename): string {
  const { from, to } = rename;
  if (isMove(rename)) return `From then on ${spokenId(from)} is found as ${to.slice(to.indexOf(':') + 1)} alone: code that says its old schema, or has only that in its search_path, fails.`;
  return `From then on nobody finds ${spokenId(from)} under its old name: code that still uses it fails.`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
