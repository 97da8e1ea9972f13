/** As many as the server answers at once (dal/load-step-sql.ts). */
const AT_ONCE = 50;

interface Asked {
  address: string;
  stepId: string;
  done: (answer: unknown) => void;
  failed: (error: unknown) => void;
}

let waiting: Asked[] = [];

/** What this address answers of a step, for `step=` in it: a list of values with the `id` of each. */
export function askStep<Answer extends { id: string }>(address: string, stepId: string): Promise<Answer> {
  return new Promise((done, failed) => {
    if (waiting.length === 0) setTimeout(send, 0);
    // What a page asks and what its server answers are of one build.
    waiting.push({ address, stepId, done: (answer) => done(answer as Answer), failed });
  });
}

/** Everything that was opened in one go is asked in few questions. */
function send(): void {
  const all = waiting;
  waiting = [];
  for (const [address, group] of Map.groupBy(all, (one) => one.address)) {
    for (let at = 0; at < group.length; at += AT_ONCE) void sendGroup(address, group.slice(at, at + AT_ONCE));
  }
}

async function sendGroup(address: string, group: readonly Asked[]): Promise<void> {
  try {
    const steps = new URLSearchParams(group.map(({ stepId }) => ['step', stepId]));
    const response = await fetch(`${address}${address.includes('?') ? '&' : '?'}${steps.toString()}`);
    if (!response.ok) throw new Error(`steps: ${response.status}`);
    const answers = (await response.json()) as { id: string }[];
    for (const { stepId, done, failed } of group) {
      const answer = answers.find((one) => one.id === stepId);
      if (answer) done(answer);
      else failed(new Error(`steps: no ${stepId}`));
    }
  } catch (error) {
    for (const { failed } of group) failed(error);
  }
}
