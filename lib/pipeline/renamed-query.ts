import { ident } from './ddl.ts';
import { parseObjectId, type SchemaObject } from './snapshot.ts';

// What a query says after a relation that it reads has another name. Where search_path is empty the server writes the relation with its schema (`public.t`), and its columns behind the name that
// the relation has in the query (`t.a`): its own, unless it has an alias. A word that stands alone is never the relation: it is a column, an alias, an output or a WITH.

const WORD = String.raw`[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|"(?:[^"]|"")+"`;
const TOKENS = new RegExp(String.raw`[eE]?'(?:[^']|'')*'(?:::regclass)?|(?:${WORD})(?:\.(?:${WORD}|\*))*|\d[\w.]*|::|[^\s]`, 'g');
const NAME = new RegExp(`${WORD}|\\*`, 'g');

/** A SELECT, or a statement of a rule or of a body: where a name is looked for, and then in what is around it. */
interface Scope {
  around: Scope | null;
  /** The relation is read here under its own name. */
  isRead: boolean;
  /** Something else has that name here. */
  isOther: boolean;
  /** Names that the server made of the relation's, because something around it has it already: `t_1`. */
  numbered: Set<string>;
}

interface Frame {
  scope: Scope;
  /** What is in the brackets: a query, relations that are joined, or anything else. */
  of: 'query' | 'join' | 'else';
  /** Relations are listed here. */
  lists: boolean;
}

interface Token {
  text: string;
  from: number;
}

const QUERY = /^(?:SELECT|WITH|VALUES|INSERT|UPDATE|DELETE|MERGE)$/;
const LISTS = /^(?:FROM|USING|UPDATE|INTO)$/;
const ENDS_LIST = /^(?:SELECT|WHERE|GROUP|HAVING|ORDER|LIMIT|OFFSET|WINDOW|FETCH|FOR|SET|RETURNING|VALUES|WHEN|DO)$/;
const NEXT_QUERY = /^(?:UNION|INTERSECT|EXCEPT|;|ATOMIC)$/;
const BEFORE_RELATION = /^(?:FROM|JOIN|USING|UPDATE|INTO|ONLY|LATERAL|,|\()$/;

/**
 * The query, rule, policy or body after ALTER … RENAME of a relation.
 * @param within the text belongs to the relation itself, whose columns it can say behind the relation's name: a policy of the table.
 */
export function queryAfter(text: string, relation: SchemaObject, name: string, within: boolean): string {
  if (!text.includes(ident(relation.name))) return text;
  const tokens = [...text.matchAll(TOKENS)].map((found): Token => ({ text: found[0], from: found.index }));
  const said = new Saying(relation, name, within);
  tokens.forEach((token, at) => said.take(token, tokens[at - 1]?.text ?? '', tokens[at + 1]?.text ?? ''));
  return said.changes().toSorted((a, b) => b.from - a.from).reduce((result, { from, before, after }) => result.slice(0, from) + after + result.slice(from + before.length), text);
}

interface Replaced {
  from: number;
  before: string;
  after: string;
}

class Saying {
  readonly #own: string;
  readonly #after: string;
  readonly #path: string;
  readonly #pathAfter: string;
  readonly #within: boolean;
  readonly #frames: Frame[] = [{ scope: scopeIn(null), of: 'query', lists: false }];
  readonly #replaced: Replaced[] = [];
  /** Columns behind a name that may be the relation's: whose it is shows when the query is over. */
  readonly #asked: (Replaced & { name: string; scope: Scope })[] = [];

  constructor(relation: SchemaObject, name: string, within: boolean) {
    const schemas = parseObjectId(relation.id).path.slice(0, -1).map(ident);
    [this.#own, this.#after, this.#within] = [ident(relation.name), ident(name), within];
    [this.#path, this.#pathAfter] = [[...schemas, this.#own].join('.'), [...schemas, this.#after].join('.')];
  }

  take(token: Token, before: string, next: string): void {
    const { text } = token;
    if (text === '(') this.#open(before, next);
    else if (text === ')') { if (this.#frames.length > 1) this.#frames.pop(); }
    else if (text === this.#path) this.#relation(token, before, next);
    else if (text === `'${this.#path}'::regclass`) this.#replaced.push({ from: token.from + 1, before: this.#path, after: this.#pathAfter });
    else if (text.includes('.') && /^[A-Za-z_"\u0080-\uffff]/.test(text)) this.#column(token, before, next);
    else this.#word(token, before);
  }

  changes(): readonly Replaced[] {
    return [...this.#replaced, ...this.#asked.filter(({ name, scope }) => this.#isTheRelation(name, scope))];
  }

  get #here(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  #open(before: string, next: string): void {
    const { scope, of, lists } = this.#here;
    if (QUERY.test(next)) this.#frames.push({ scope: scopeIn(scope), of: 'query', lists: false });
    else if (of !== 'else' && lists && BEFORE_RELATION.test(before) && before !== 'USING') this.#frames.push({ scope, of: 'join', lists });
    else this.#frames.push({ scope, of: 'else', lists: false });
  }

  /** With its schema: the relation, or the type of its rows. */
  #relation({ text, from }: Token, before: string, next: string): void {
    this.#replaced.push({ from, before: text, after: this.#pathAfter });
    if (!this.#here.lists || !BEFORE_RELATION.test(before)) return;
    const { scope } = this.#here;
    if (!/^[a-z_"\u0080-\uffff]/.test(next)) scope.isRead = true;
    else if (this.#isNumbered(next)) scope.numbered.add(next);
  }

  #column({ text, from }: Token, before: string, next: string): void {
    const [name = ''] = text.match(NAME) ?? [];
    if (before === '::' || next === '(' || !(name === this.#own || this.#isNumbered(name))) return;
    this.#asked.push({ from, before: name, after: this.#renamed(name), name, scope: this.#here.scope });
  }

  #word({ text, from }: Token, before: string): void {
    const here = this.#here;
    if (here.of === 'else') return;
    if (NEXT_QUERY.test(text)) [here.scope, here.lists] = [scopeIn(here.scope.around), false];
    else if (LISTS.test(text) && !(text === 'FROM' && before === 'DISTINCT')) here.lists = true;
    else if (ENDS_LIST.test(text)) here.lists = false;
    else if (here.lists && text === this.#own) here.scope.isOther = true;
    else if (before === this.#path && here.scope.numbered.has(text)) this.#replaced.push({ from, before: text, after: this.#renamed(text) });
  }

  #isNumbered(name: string): boolean {
    return plain(name).startsWith(`${plain(this.#own)}_`) && /^\d+$/.test(plain(name).slice(plain(this.#own).length + 1));
  }

  #renamed(name: string): string {
    return name === this.#own ? this.#after : ident(`${plain(this.#after)}${plain(name).slice(plain(this.#own).length)}`);
  }

  #isTheRelation(name: string, from: Scope): boolean {
    for (let scope: Scope | null = from; scope; scope = scope.around) {
      if (name !== this.#own && scope.numbered.has(name)) return true;
      if (name === this.#own && (scope.isRead || scope.isOther)) return scope.isRead && !scope.isOther;
    }
    return name === this.#own && this.#within;
  }
}

/** The name that a word of SQL stands for. */
function plain(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
}

function scopeIn(around: Scope | null): Scope {
  return { around, isRead: false, isOther: false, numbered: new Set() };
}

/** The query after ALTER … RENAME COLUMN. Written with another relation's name in front, the word is that one's column. An output that was called after the column keeps its name: the server writes `t.email AS mail`. */
export function columnAfter(query: string, column: SchemaObject, after: string): string {
  const before = ident(column.name);
  const [schema = '', table = ''] = parseObjectId(column.id).path;
  const own = new Set([...query.matchAll(new RegExp(`(?<![\\w"$.])${escaped(`${ident(schema)}.${ident(table)}`)}(?![\\w"$])(?: ([a-z_][\\w$]*|${QUOTED}))?`, 'g'))].map((found) => found[1] ?? ident(table)));
  const reference = new RegExp(`('(?:[^']|'')*')|( AS ${escaped(before)}(?![\\w"$]))|(?<![\\w"$.])(?:([a-z_][\\w$]*|${QUOTED})\\.)?${escaped(before)}(?![\\w"$])`, 'g');
  return query.replaceAll(reference, (found: string, literal: string | undefined, alias: string | undefined, of: string | undefined, at: number) => {
    if (literal !== undefined || alias !== undefined || (of !== undefined && !own.has(of))) return found;
    const isOutput = OUTPUT_BEFORE.test(query.slice(0, at)) && OUTPUT_AFTER.test(query.slice(at + found.length));
    return `${of === undefined ? '' : `${of}.`}${ident(after)}${isOutput ? ` AS ${before}` : ''}`;
  });
}

export const QUOTED = '"(?:[^"]|"")+"';
/** The server writes one output a line. */
const OUTPUT_BEFORE = /(?:SELECT (?:DISTINCT )?|,\s*\n\s*)$/;
const OUTPUT_AFTER = /^(?:,\s*\n|\s*\n\s*FROM |\s*$|\))/;

export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
