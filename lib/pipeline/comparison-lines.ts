// One difference in the words of a terminal: what differs, and of a long text only the lines that do.
import type { AttributeChange, Delta } from './diff.ts';
import { attributeLabel, isSpoken, kindLabel } from './kinds/all.ts';
import type { Attribute } from './snapshot.ts';
import { alignTexts, equalLines, foldEqual, lineEnds, linesOf, type Piece } from './text-pieces.ts';

/** Longer lists are said by what comes and what goes. */
const SHORT_LIST = 80;
/** Before a line of a text that spans several; no other line of a comparison begins so. */
const SIGNS: Readonly<Record<Piece['side'], string>> = { both: '        ', first: '      - ', second: '      + ' };

/** `~ column public.users.email`, with a line for each attribute that differs and does not merely follow from another. */
export function differenceLines(delta: Delta): string[] {
  const sign = { add: '+', remove: '-', change: '~' }[delta.change];
  const carried = delta.carries.length > 0 && delta.change !== 'change' ? `  (with ${delta.carries.length} of its own)` : '';
  const spoken = delta.attributes.filter(({ name }) => isSpoken(delta.kind, name));
  return [
    `${sign} ${kindLabel(delta.kind, 1)} ${delta.objectId.slice(delta.objectId.indexOf(':') + 1)}${carried}`,
    ...(spoken.length > 0 ? spoken : delta.attributes).flatMap((change) => changeLines(attributeLabel(delta.kind, change.name), change)),
  ];
}

/** As a `diff` block of Markdown colours it: signs at the beginning of their lines. */
export function withSignsFirst(line: string): string {
  return line.replace(/^ {6}([-+])$/, '$1').replace(/^ {6}([-+]) /, '$1       ');
}

function changeLines(label: string, { current, desired }: AttributeChange): string[] {
  if (Array.isArray(current) && Array.isArray(desired) && current.join(', ').length + desired.join(', ').length > SHORT_LIST) return listLines(label, current, desired);
  if (![current, desired].some((side) => typeof side === 'string' && side.includes('\n'))) return [`    ${label}: ${value(current)} → ${value(desired)}`];
  const [first, second] = [textOf(current), textOf(desired)];
  const [lines, ends] = [alignTexts(linesOf(first), linesOf(second)), lineEnds(first, second)];
  return [`    ${label}:${ends === null ? '' : ` its lines end in ${ends}`}`, ...foldEqual(lines).flatMap((block) => [...skipped(block.hidden), ...block.lines.map(({ side, text }) => (text === '' ? SIGNS[side].trimEnd() : `${SIGNS[side]}${text}`))])];
}

/** What comes and what goes, each on its line; the whole lists where only their order differs. */
function listLines(label: string, current: readonly string[], desired: readonly string[]): string[] {
  const [goes, comes] = [current.filter((one) => !desired.includes(one)), desired.filter((one) => !current.includes(one))];
  if (goes.length + comes.length === 0) return [`    ${label}: ${value(current)} → ${value(desired)}`];
  const same = current.length - goes.length;
  return [`    ${label}:${same > 0 ? ` ${same} the same` : ''}`, ...goes.map((one) => `${SIGNS.first}${one}`), ...comes.map((one) => `${SIGNS.second}${one}`)];
}

function skipped(lines: number): string[] {
  return lines === 0 ? [] : [`        … ${equalLines(lines)}`];
}

function textOf(attribute: Attribute): string | null {
  return attribute === null ? null : String(attribute);
}

function value(attribute: Attribute): string {
  if (attribute === null) return '–';
  if (typeof attribute === 'boolean') return attribute ? 'yes' : 'no';
  return Array.isArray(attribute) ? `[${attribute.join(', ')}]` : String(attribute);
}
