import { types } from 'pg';

/** Longer texts are rarely the same twice. */
const SHORT = 64;
/** 19 is name. */
const TEXTS: ReadonlySet<number> = new Set([types.builtins.TEXT, 19, types.builtins.CHAR]);

/** What parses the values of many rows: a short text that was there before is the same string again, kept once. */
export class Parsers {
  readonly #known = new Map<string, string>();

  getTypeParser = (oid: number, format?: 'text' | 'binary'): ((value: string) => unknown) => (TEXTS.has(oid) ? this.#text : types.getTypeParser(oid, format as 'text'));

  /** Of a text that was cut from a longer one. */
  kept(value: string): string {
    return value.length > SHORT ? standingAlone(value) : (this.#known.get(value) ?? this.#text(standingAlone(value)));
  }

  readonly #text = (value: string): string => {
    if (value.length > SHORT) return value;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    this.#known.set(value, value);
    return value;
  };
}

/** So long a text is kept as a place in the one that it was cut from, which is then kept whole. */
const CUT = 13;

/** The same text, which keeps nothing else: of a hundred thousand rows each would be kept for its name. */
function standingAlone(value: string): string {
  return value.length < CUT ? value : [value.slice(0, 1), value.slice(1)].join('');
}
