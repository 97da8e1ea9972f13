import { type Client, Query, type QueryResult, types } from 'pg';

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

/**
 * Runs one statement and hands each row to `use` as it comes in: rows are forgotten at once, where a list of them would be held until the last.
 * @throws the server's error, or what `use` threw, when the statement is over.
 */
export function eachRow<Row>(client: Client, text: string, parsers: Parsers, use: (row: Row) => void): Promise<void> {
  return untilOver(client, use, (take, done) => {
    const query = new Query({ text, types: parsers }, done);
    query.on('row', (row: Row, result?: { rows: unknown[] }) => {
      // The driver would keep every row for the callback.
      if (result) result.rows.length = 0;
      take(row);
    });
    return query;
  });
}

/** Sends a query that gives rows one by one. After the first that `use` throws at, the others pass by. */
function untilOver<Row>(client: Client, use: (row: Row) => void, made: (take: (row: Row) => void, done: (error: Error | undefined) => void) => Query): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: unknown = null;
    const take = (row: Row): void => {
      if (failure !== null) return;
      try {
        use(row);
      } catch (error) {
        failure = error;
      }
    };
    // A callback, not the events: the driver's own timeout speaks to nobody else.
    client.query(made(take, (error) => {
      const trouble = error ?? failure;
      if (trouble === null || trouble === undefined) resolve();
      else reject(trouble);
    }));
  });
}

/** One row as COPY writes it: fields between tabs, \\N is null, and what would end a line or a field stands behind a backslash. */
export type CopiedLine = string;

class CopyQuery extends Query {
  readonly #use: (line: CopiedLine) => void;

  constructor(text: string, use: (line: CopiedLine) => void, done: (error: Error | undefined) => void) {
    super({ text }, done);
    this.#use = use;
  }

  /** The driver calls it for each line; the buffer is its own and is overwritten by the next. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#use(chunk.toString('utf8', 0, chunk.length - 1));
  }
}

/**
 * Runs one SELECT by COPY and hands each row to `use` as they come in: a row is decoded in one go, where the ordinary protocol costs a call for each
 * value. Of many rows that is a third of what reading them takes.
 * @throws as eachRow.
 */
export function eachCopied(client: Client, text: string, use: (line: CopiedLine) => void): Promise<void> {
  return untilOver(client, use, (take, done) => new CopyQuery(`COPY (${text.trim().replace(/;$/, '')}\n) TO STDOUT`, take, done));
}

/** Runs statements in one round trip, and gives the rows of each. Over a slow line the number of round trips is what a reading costs. */
export async function allRows<Row>(client: Client, texts: readonly string[], parsers: Parsers): Promise<Row[][]> {
  const results: unknown = await client.query({ text: texts.map((text) => text.trim().replace(/;$/, '')).join(';\n'), types: parsers });
  // One statement is answered by a result, several by a list of them.
  return (Array.isArray(results) ? (results as QueryResult[]) : [results as QueryResult]).map((result) => result.rows as Row[]);
}
