// What V8 takes only when a process starts, for one that does one thing and ends. Plain JavaScript: bin.mjs runs on whatever Node there is.

/**
 * A thread that makes code in the background and runs out of room waits for the main thread, and process.exit on the main thread waits for that thread: about
 * one command of 250 on a busy machine had said its last line and never ended (Node's issue 54918).
 */
const ENDS = ['--no-concurrent-sparkplug', '--no-maglev-build-code-on-background'];

/**
 * The last and dearest compiler works for longer than such a process lives, on the processor that the database server needs, and so does the one before it where it puts
 * functions into others; and what is read stays, so that many small collections only copy it, and the large ones before it has grown to its size (MB) only mark it, on
 * the other processor. Together a sixth of comparing 1,000 tables (bench:compare).
 */
const SHORT_LIVED = ['--no-turbofan', '--no-maglev-inlining', '--min-semi-space-size=16', '--initial-old-space-size=128'];

export const AT_START = [...ENDS, ...SHORT_LIVED];
