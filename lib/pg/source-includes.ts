import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { scanText } from '#lib/pipeline/sql-text/scan.ts';
import { placeOf, placeText, type TextPart } from '#lib/pipeline/sql-text/place.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { textOf, type SourceFile } from './source-text.ts';

/** psql's \i and \ir, by which one text reads others. */
const INCLUDE = /^(?:i|ir|include|include_relative)$/;
const MAY_INCLUDE = /^[ \t]*\\i(?:r|nclude|nclude_relative)?[ \t]/m;
/** A file that includes itself would never end. */
const DEEP = 16;

interface Around {
  /** Nothing outside this folder is read. */
  root: string;
  deep: number;
  /** Paths that were included, to which this adds. */
  included: Set<string>;
}

/**
 * The file with the texts that it includes in their places; each keeps its own name and lines for whoever is told a place. `included` gets their real paths.
 * @throws Refused source_unreadable: a file that is not beneath `root`, or that includes itself.
 */
export async function withIncludes(file: SourceFile, path: string, { root, included }: Pick<Around, 'root' | 'included'>): Promise<SourceFile> {
  if (!MAY_INCLUDE.test(file.text)) return file;
  return expanded(file, path, { root: await realpath(root), deep: 0, included });
}

async function expanded(file: SourceFile, path: string, around: Around): Promise<SourceFile> {
  const commands = MAY_INCLUDE.test(file.text) ? scanText(file.text).commands.filter(({ word }) => INCLUDE.test(word)) : [];
  if (commands.length === 0) return file;
  const pieces = pieceTogether();
  let from = 0;
  for (const { at, rest } of commands) {
    const said = rest.replace(/^'(.*)'$/, '$1');
    const found = around.deep < DEEP ? await foundBeneath(said, path, around.root) : null;
    if (found === null) throw new Refused('source_unreadable', `${placeText(placeOf(file, at))}: ${around.deep < DEEP ? `it reads ${said.slice(0, 80)}, which is not beneath the folder that was given.` : 'files include each other without end.'}`);
    around.included.add(found);
    pieces.add(file, from, at);
    const inner = await expanded(await textOf(found, relative(around.root, found)), found, { ...around, deep: around.deep + 1 });
    pieces.add(inner, 0, inner.text.length);
    const end = file.text.indexOf('\n', at);
    from = end === -1 ? file.text.length : end;
  }
  pieces.add(file, from, file.text.length);
  return { ...file, ...pieces.done() };
}

function pieceTogether() {
  const texts: string[] = [];
  const parts: TextPart[] = [];
  let length = 0;
  return {
    add: (file: SourceFile, from: number, to: number): void => {
      // An included file begins and ends a line of its own.
      const text = `${file.text.slice(from, to)}\n`;
      const inner = file.parts?.map((part) => ({ ...part, at: part.at + length })) ?? [{ at: length, from, file: { name: file.name, text: file.text } }];
      parts.push(...inner);
      texts.push(text);
      length += text.length;
    },
    done: (): { text: string; parts: readonly TextPart[] } => ({ text: texts.join(''), parts }),
  };
}

/** psql looks from where it was started, which is not known: beside the file, in the folder that was given, and in the two above it. */
async function foundBeneath(said: string, path: string, root: string): Promise<string | null> {
  for (const from of isAbsolute(said) ? [root] : [dirname(path), root, dirname(root), dirname(dirname(root))]) {
    const found = await realpath(resolve(from, said)).catch(() => null);
    if (found?.startsWith(root.endsWith(sep) ? root : root + sep) === true) return found;
  }
  return null;
}
