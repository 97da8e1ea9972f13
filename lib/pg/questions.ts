import { type Client, Query } from 'pg';
import type { Parsers } from './parsers.ts';

/** One row as COPY writes it: fields between tabs, \\N is null, and what would end a line or a field stands behind a backslash. */
export type CopiedLine = string;

/** One SELECT, and what is done with each of its rows as it comes in: rows are forgotten at once, where a list of them would be held until the last. */
export interface Question {
  readonly text: string;
  readonly take: (answer: unknown) => void;
  /** After its last row, before the first of the next. */
  readonly over?: () => void;
}

export function rowsOf<Row>(text: string, take: (row: Row) => void): Question {
  return { text: bare(text), take: take as (answer: unknown) => void };
}

/**
 * The same by COPY: a row is decoded in one go, where the ordinary protocol costs a call for each value. Of many rows that is a third of what reading them
 * takes.
 */
export function linesOf(text: string, take: (line: CopiedLine) => void, over?: () => void): Question {
  return { text: `COPY (${bare(text)}\n) TO STDOUT`, take: take as (answer: unknown) => void, ...(over ? { over } : {}) };
}

/** A statement that answers nothing. */
export function command(text: string): Question {
  return { text: bare(text), take: () => undefined };
}

function bare(text: string): string {
  return text.trim().replace(/;$/, '');
}

declare module 'pg' {
  // What the driver calls for each message of the server; its own types leave them out.
  interface Query {
    handleCommandComplete(message: unknown, connection: unknown): void;
  }
}

class Asked extends Query {
  readonly #questions: readonly Question[];
  #at = 0;
  #failure: { error: unknown } | null = null;

  constructor(questions: readonly Question[], parsers: Parsers, done: (error: unknown) => void) {
    // A callback, not the events: the driver's own timeout speaks to nobody else.
    super({ text: questions.map(({ text }) => text).join(';\n'), types: parsers }, (error?: Error) => done(error ?? this.#failure?.error));
    this.#questions = questions;
    this.on('row', (row: unknown, result?: { rows: unknown[] }) => {
      // The driver would keep every row for the callback.
      if (result) result.rows.length = 0;
      this.#take(row);
    });
  }

  /** The driver calls it for each line; the buffer is its own and is overwritten by the next. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#take(chunk.toString('utf8', 0, chunk.length - 1));
  }

  override handleCommandComplete(message: unknown, connection: unknown): void {
    super.handleCommandComplete(message, connection);
    const { over } = this.#questions[this.#at] ?? {};
    this.#at += 1;
    if (over) this.#safely(over);
  }

  #take(answer: unknown): void {
    const question = this.#questions[this.#at];
    if (question) this.#safely(question.take, answer);
  }

  /** After the first that failed the others pass by. */
  #safely(use: (answer: unknown) => void, answer?: unknown): void {
    if (this.#failure !== null) return;
    try {
      use(answer);
    } catch (error) {
      this.#failure = { error };
    }
  }
}

/**
 * Asks all questions in one message, and hands each row to its own as they come in, in their order. The server goes on to the next question while the rows
 * of the last are still being taken, where one message for each has it stand and wait; and over a slow line the number of round trips is what a reading costs.
 * A client with a `query_timeout` gives up when it hears nothing for so long (twice that at most): the server sends small answers only when it has many, or is done.
 * @throws the server's error, which ends the questions behind it as well; what a `take` threw, when all are over; “Query read timeout”, as the driver says it.
 */
export function answered(client: Client, questions: readonly Question[], parsers: Parsers): Promise<void> {
  if (questions.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timeout = Number(inside(client, 'connectionParameters', 'query_timeout') ?? 0);
    const patience = timeout > 0 ? untilSilent(client, timeout, () => reject(new Error('Query read timeout'))) : undefined;
    const asked = new Asked(questions, parsers, (trouble) => {
      clearInterval(patience);
      if (trouble === null || trouble === undefined) resolve();
      else reject(trouble);
    });
    client.query(Object.assign(asked, timeout > 0 ? { query_timeout: FOR_EVER } : {}));
  });
}

/** More than a query can take: the driver's own clock runs from the first question to the end of the last. */
const FOR_EVER = 2_147_483_647;

/** Calls `silent` when not a byte came for so many milliseconds. */
function untilSilent(client: Client, ms: number, silent: () => void): NodeJS.Timeout {
  const bytes = (): unknown => inside(client, 'connection', 'stream', 'bytesRead');
  let before = bytes();
  const patience = setInterval(() => {
    const now = bytes();
    if (now === before) {
      clearInterval(patience);
      silent();
    }
    before = now;
  }, ms);
  return patience;
}

/** What the driver keeps to itself. */
function inside(client: Client, ...path: readonly string[]): unknown {
  return path.reduce((value: unknown, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), client);
}
