import { existsSync, writeFileSync } from 'node:fs';
import type { StepPoint } from '#lib/pg/execute-kind.ts';

export type FaultPoint = StepPoint | 'after_claim' | 'between_steps';

export type ReachPoint = (point: FaultPoint, stepId: string) => void;

/**
 * For tests of what a crash leaves behind: kills this process with SIGKILL at `<point>[:<stepId>][:once-file]`, where the file, once it
 * exists, keeps the next process alive. Inert without a spec.
 */
export function faultPoints(spec: string | null): ReachPoint {
  if (spec === null) return () => undefined;
  const [point, stepId = '', ...rest] = spec.split(':');
  const onceFile = rest.join(':');
  return (reached, step) => {
    if (reached !== point || (stepId !== '' && stepId !== step)) return;
    if (onceFile !== '') {
      if (existsSync(onceFile)) return;
      writeFileSync(onceFile, `${reached} ${step}`);
    }
    process.kill(process.pid, 'SIGKILL');
    // The signal is delivered while this waits: not one more statement leaves the process.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
  };
}
