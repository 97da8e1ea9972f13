import type { Block } from './markdown.ts';

/** A heading with what stands below it; the text before the first heading belongs to the root. */
export interface Section {
  title: string;
  depth: number;
  from: number;
  to: number;
  blocks: Block[];
  children: Section[];
  parent: Section | null;
}

/** The headings of a text as a tree. The root has the name of the text, or its only title. */
export function sectionsOf(blocks: readonly Block[], name: string, lastLine: number): Section {
  const root: Section = { title: name, depth: 0, from: 1, to: lastLine, blocks: [], children: [], parent: null };
  let here = root;
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      here.blocks.push(block);
      continue;
    }
    const depth = block.depth;
    while (here.parent && here.depth >= depth) here = closed(here, block.from - 1);
    const section: Section = { title: block.text, depth, from: block.from, to: lastLine, blocks: [], children: [], parent: here };
    here.children.push(section);
    here = section;
  }
  return root;
}

function closed(section: Section, line: number): Section {
  section.to = Math.max(section.from, line);
  return section.parent ?? section;
}

/** The section and all below it, in the order of the text. */
export function allOf(section: Section): Section[] {
  return [section, ...section.children.flatMap(allOf)];
}

/** `lines 7 to 22`, `line 7`. */
export function linesText({ from, to }: { from: number; to: number }): string {
  return from === to ? `line ${from}` : `lines ${from} to ${to}`;
}
