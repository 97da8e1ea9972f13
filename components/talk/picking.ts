import type { TalkDto } from '#lib/dal/dto/talk.ts';

/** What is being typed behind an @, and where. */
export interface TypedWord {
  from: number;
  to: number;
  typed: string;
}

/** The word behind an @ in which the caret stands at the end; null where there is none. */
export function wordAt(text: string, caret: number): TypedWord | null {
  const before = text.slice(0, caret);
  const found = /(?:^|[^\w@.+-])@([\w.+-]*)$/.exec(before);
  if (!found || (before.split('`').length - 1) % 2 === 1) return null;
  const typed = found[1] ?? '';
  return { from: caret - typed.length, to: caret, typed: typed.toLowerCase() };
}

const MOST = 6;

/** People whose handle, or a word of whose name, begins with what was typed; nobody any more when it is somebody's handle in full and a word follows. */
export function offered(people: TalkDto['people'], typed: string): TalkDto['people'] {
  return people.filter(({ handle, name }) => handle.toLowerCase().startsWith(typed) || name.toLowerCase().split(/\s+/).some((word) => word.startsWith(typed))).slice(0, MOST);
}

/** The text with the handle in place of what was typed, and where the caret goes. */
export function chosenText(text: string, word: TypedWord, handle: string): { text: string; caret: number } {
  const rest = text.slice(word.to);
  const put = `${handle}${rest.startsWith(' ') ? '' : ' '}`;
  return { text: text.slice(0, word.from) + put + rest, caret: word.from + put.length + (rest.startsWith(' ') ? 1 : 0) };
}
