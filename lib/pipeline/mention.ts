// Comments are plain text with `code` and @people. What a word behind an @ means follows from the people of this moment; whom a comment meant is
// stored when it is written. Pure.

export interface Mentionable {
  id: string;
  name: string;
  email: string;
}

export type CommentPart = { is: 'text' | 'code'; text: string } | { is: 'mention'; text: string; personId: string };

/** What is written behind the @ for a person: the local part of the address, or all of it where another person has the same local part. */
export function handleOf(person: Mentionable, people: readonly Mentionable[]): string {
  const local = localPart(person);
  return people.some((other) => other.id !== person.id && localPart(other) === local) ? person.email : local;
}

/** In: a comment, and everybody who can be meant. Out: its parts in order; put together they are what each stands for on the screen. Code is closed on its line. */
export function commentParts(body: string, people: readonly Mentionable[]): CommentPart[] {
  const names = namesOf(people);
  return body.split(/(`[^`\n]+`)/).flatMap((piece): CommentPart[] => {
    if (piece === '') return [];
    return /^`[^`\n]+`$/.test(piece) ? [{ is: 'code', text: piece.slice(1, -1) }] : textParts(piece, names);
  });
}

/** Whom a comment means, each once, and the words behind an @ that name nobody. */
export function mentionedIn(body: string, people: readonly Mentionable[]): { ids: string[]; unknown: string[] } {
  const parts = commentParts(body, people);
  const unknown = parts.flatMap((part) => (part.is === 'text' ? [...part.text.matchAll(/(?<![\w@.+-])@(\w(?:[\w.+@-]*\w)?)/g)].map((match) => match[1] ?? '') : []));
  return { ids: [...new Set(parts.flatMap((part) => (part.is === 'mention' ? [part.personId] : [])))], unknown: [...new Set(unknown)] };
}

/** Everything that means exactly one person, the longest first: addresses, local parts, names. */
function namesOf(people: readonly Mentionable[]): { name: string; person: Mentionable }[] {
  const all = people.flatMap((person) => [...new Set([person.email, localPart(person), person.name.toLowerCase()])].map((name) => ({ name: name.toLowerCase(), person })));
  return all.filter(({ name, person }) => name !== '' && all.every((other) => other.person.id === person.id || other.name !== name)).toSorted((a, b) => b.name.length - a.name.length);
}

function textParts(text: string, names: readonly { name: string; person: Mentionable }[]): CommentPart[] {
  const parts: CommentPart[] = [];
  let from = 0;
  for (const { index: at } of text.matchAll(/(?<![\w@.+-])@/g)) {
    if (at < from) continue;
    const rest = text.slice(at + 1);
    // The name ends where no letter follows, nor a sign with a letter behind it: @ann is not @ann.lee, but ends a sentence.
    const found = names.find(({ name }) => rest.slice(0, name.length).toLowerCase() === name && !/^(?:\w|[.+@-]\w)/.test(rest.slice(name.length)));
    if (!found) continue;
    if (at > from) parts.push({ is: 'text', text: text.slice(from, at) });
    parts.push({ is: 'mention', text: found.person.name, personId: found.person.id });
    from = at + 1 + found.name.length;
  }
  if (from < text.length) parts.push({ is: 'text', text: text.slice(from) });
  return parts;
}

function localPart({ email }: Mentionable): string {
  return email.slice(0, Math.max(0, email.lastIndexOf('@'))).toLowerCase();
}
