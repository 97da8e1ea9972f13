/** Seconds of each part of one comparison. */
export interface Times {
  introspect: number;
  diff: number;
  script: number;
  text: number;
}

/** What bench-child.ts has measured in a process of its own; memory in MB. */
export interface Measured {
  /** The first time in the process. */
  times: Times;
  /** Of three more, the one in the middle. */
  again: Times;
  memory: number;
  objects: number;
  differences: number;
  statements: number;
  refused: number;
}

export function sumOf({ introspect, diff, script, text }: Times): number {
  return introspect + diff + script + text;
}

/** The one of an odd number of measurements that half of the others are below. */
export function middleOf<T>(measured: readonly T[], by: (one: T) => number): T {
  const middle = measured.toSorted((a, b) => by(a) - by(b))[Math.floor(measured.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}
