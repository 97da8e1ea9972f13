import { EnvironmentError } from '#lib/env.ts';
import { redacted } from '#lib/log.ts';
import { Refused } from '#lib/pipeline/refusal.ts';

/** An expected end of a command: one sentence for the person at the terminal. */
export class Stop extends Error {
  constructor(sentence: string, options?: { cause?: unknown }) {
    super(sentence, options);
    this.name = 'Stop';
  }
}

/** Runs a command to its exit code. Expected ends say their sentences, surprises their message; secrets are blacked out. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    for (const line of sentencesOf(error)) process.stderr.write(`${redacted(line)}\n`);
    process.exitCode = 1;
  }
}

/** What was not understood, where Node's parseArgs says so: its advice behind that is of no use here. null: another error. */
export function misreadOption(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('ERR_PARSE_ARGS_')) return null;
  return `${error.message.split(/\. |\n/)[0] ?? error.message}.`;
}

function sentencesOf(error: unknown): readonly string[] {
  const misread = misreadOption(error);
  if (misread !== null) return [misread];
  if (error instanceof EnvironmentError) return ['Countersign does not start:', ...error.sentences.map((sentence) => `  ${sentence}`), 'See .env.example for every variable.'];
  if (error instanceof Stop) return [error.message];
  if (error instanceof Refused) return [error.refusal.sentence];
  if (error instanceof AggregateError) return error.errors.flatMap(sentencesOf);
  if (!(error instanceof Error)) return [String(error)];
  return [error.stack ?? error.message, ...(error.cause === undefined ? [] : ['because:', ...sentencesOf(error.cause)])];
}
