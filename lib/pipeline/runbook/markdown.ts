import type { List, ListItem, Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** A piece of a text in its order; lines from 1. */
export type Block =
  | { kind: 'heading'; depth: number; text: string; from: number; to: number }
  | Fence
  | { kind: 'prose'; text: string; from: number; to: number }
  | Item
  /** `code`: what is marked as code in its cells. */
  | { kind: 'table'; code: readonly string[]; from: number; to: number };

export interface Fence {
  kind: 'fence';
  /** As the text names it, in small letters; empty when it does not. */
  language: string;
  text: string;
  /** The line of the first line of `text`. */
  line: number;
  from: number;
  to: number;
  /** What the list item says in which it stands. */
  of: Item | null;
  /** The title under which it is folded away. */
  folded?: string;
  /** It shows a session of psql; `text` is what was typed there. */
  session?: true;
  /** A transaction or a body begins in it at this offset and ends in another passage, with something between that is no part of it. */
  torn?: { sentence: string; at: number };
}

export interface Item {
  kind: 'item';
  /** Numbered items and check boxes are acts of their own; plain bullets are one act together. */
  ordered: boolean;
  checked: boolean | null;
  text: string;
  /** What is marked as code in its own words. */
  code: readonly string[];
  /** Lines of lists inside it. */
  below: readonly string[];
  from: number;
  to: number;
  /** The first line of its list. */
  list: number;
  /** A fence stands in it, and says what is to be done. */
  fenced: boolean;
}

/** Deeper than any person writes; what lies below is taken as the words that it is. */
const DEEPEST = 60;

export interface MarkdownText {
  /** With plain line breaks, and without front matter, whose lines stay as empty ones. */
  lines: readonly string[];
  blocks: readonly Block[];
  /** Last line of the front matter; 0 when there is none. */
  frontMatter: number;
}

/** A Markdown text as its blocks: lists flattened to their items, quotes to what they hold. Never throws: every text is Markdown. */
export function readMarkdown(source: string): MarkdownText {
  const all = source.replaceAll(/\r\n?/g, '\n').split('\n');
  const frontMatter = frontMatterEnd(all);
  const lines = all.map((line, i) => (i < frontMatter ? '' : shallow(line)));
  const tree = fromMarkdown(lines.join('\n'), { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  return { lines, blocks: folded(tree.children, lines), frontMatter };
}

/** `<details><summary>Rollback</summary>` is a title for what stands in it. */
function folded(nodes: readonly RootContent[], lines: readonly string[]): Block[] {
  let title: string | undefined;
  return nodes.flatMap((node) => {
    if (node.type === 'html') title = /<summary[^>]*>(.*?)<\/summary>/is.exec(node.value)?.[1]?.replaceAll(/<[^>]*>/g, '').trim() ?? (/<\/details>/i.test(node.value) ? undefined : title);
    return blocksOf(node, lines, null, 0).map((block) => (block.kind === 'fence' && title !== undefined ? { ...block, folded: title } : block));
  });
}

function frontMatterEnd(lines: readonly string[]): number {
  if (!/^---\s*$/.test(lines[0] ?? '')) return 0;
  const end = lines.findIndex((line, i) => i > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  return end > 1 && lines.slice(1, end).every((line) => /^(?:\s|#|-\s|[\w-]+\s*:|$)/.test(line)) ? end + 1 : 0;
}

/** Hundreds of levels of lists, and thousands of quote marks, bullets or open brackets in one line, mean nothing to a person, and cost the parser the square of their number. */
function shallow(line: string): string {
  const marks = /^(?:[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))*/.exec(line)?.[0] ?? '';
  const deep = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  if (deep > DEEPEST && /^(?:[-*+>]|\d{1,9}[.)])/.test(line.slice(deep))) return ' '.repeat(DEEPEST) + line.slice(deep);
  const flat = marks.length > DEEPEST * 2 ? marks.slice(0, 2) + ' '.repeat(marks.length - 2) + line.slice(marks.length) : line;
  return flat.length > 2000 && flat.split('[').length > 500 ? flat.replaceAll('[', ' ') : flat;
}

function blocksOf(node: RootContent, lines: readonly string[], of: Item | null, depth: number): Block[] {
  const from = node.position?.start.line ?? 1;
  const to = node.position?.end.line ?? from;
  if (depth > DEEPEST) return [{ kind: 'prose', text: wordsOf(node), from, to }];
  switch (node.type) {
    case 'heading': return [{ kind: 'heading', depth: node.depth, text: wordsOf(node), from, to }];
    case 'code': return [{ kind: 'fence', language: (node.lang ?? '').toLowerCase(), text: node.value, line: isFenced(lines[from - 1] ?? '') ? from + 1 : from, from, to, of }];
    case 'paragraph': return [{ kind: 'prose', text: wordsOf(node), from, to }];
    case 'list': return node.children.flatMap((item) => itemBlocks(node, item, lines, depth));
    case 'blockquote': return node.children.flatMap((child) => blocksOf(child, lines, of, depth + 1));
    case 'table': return [{ kind: 'table', code: codeIn(node), from, to }];
    case 'html': return /^\s*<!--/.test(node.value) ? [] : [{ kind: 'prose', text: `${node.value.replaceAll(/<[^>]*>/g, ' ').trim()}${/<summary/i.test(node.value) ? ':' : ''}`, from, to }];
    default: return [];
  }
}

function isFenced(line: string): boolean {
  return /(?:`{3}|~{3})/.test(line);
}

function itemBlocks(list: List, item: ListItem, lines: readonly string[], depth: number): Block[] {
  const from = item.position?.start.line ?? 1;
  const words = item.children.flatMap((child) => (child.type === 'paragraph' ? [wordsOf(child)] : []));
  const below = item.children.flatMap((child) => (child.type === 'list' ? child.children.map((each) => wordsOf(each)) : []));
  const fences: Fence[] = [];
  const block: Item = {
    kind: 'item', ordered: list.ordered === true, checked: item.checked ?? null, text: words.join(' '), code: item.children.flatMap((child) => (child.type === 'paragraph' ? codeIn(child) : [])), below, from,
    to: item.position?.end.line ?? from, list: list.position?.start.line ?? from, fenced: hasFence(item, depth),
  };
  for (const child of item.children) fences.push(...blocksOf(child, lines, block, depth + 1).flatMap((one) => (one.kind === 'fence' ? [{ ...one, of: one.of ?? block }] : [])));
  return [block, ...fences];
}

function codeIn(node: Nodes): string[] {
  if (node.type === 'inlineCode') return [node.value.replaceAll(/\s*\n\s*/g, ' ')];
  return 'children' in node ? node.children.flatMap(codeIn) : [];
}

function hasFence(node: Nodes, depth: number): boolean {
  return depth <= DEEPEST && 'children' in node && node.children.some((child) => child.type === 'code' || hasFence(child, depth + 1));
}

/** The words of a node as a person reads them. */
function wordsOf(node: Nodes, depth = 0): string {
  if (node.type === 'code' || depth > DEEPEST * 2) return '';
  if (node.type === 'break') return ' ';
  if ('value' in node) return node.value.replaceAll(/\s*\n\s*/g, ' ');
  if (!('children' in node)) return '';
  const inline = node.type !== 'list' && node.type !== 'listItem' && node.type !== 'blockquote';
  return node.children.map((child) => wordsOf(child, depth + 1)).filter((each) => each !== '').join(inline ? '' : ' ').trim();
}
