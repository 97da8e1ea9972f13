import { Time } from '#components/ui/time.tsx';
import type { LightColour } from '#lib/pipeline/start-light.ts';
import { LightMark } from './light-mark.tsx';

interface LookHeadProps {
  id: string;
  title: string;
  /** What is looked at. */
  name: string;
  look: { light: LightColour; readAt: string } | undefined;
  error: Error | null;
  words: Readonly<Record<LightColour, string>>;
  /** Readers of the screen are told when the light changes. */
  live?: boolean;
}

/** The head of a look at a database that is repeated by itself: its light, when it was read, and why it could not be. */
export function LookHead({ id, title, name, look, error, words, live = false }: LookHeadProps) {
  const light = look ? <LightMark light={look.light}>{words[look.light]}</LightMark> : <span className="text-sm text-ink-muted">{error ? 'not known' : `looking at ${name} …`}</span>;
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {live ? <output>{light}</output> : light}
        {look ? (
          <span className="ml-auto text-sm text-ink-muted">
            read <Time at={look.readAt} />
          </span>
        ) : null}
      </div>
      {error ? <p className="mt-1 text-red-ink">{error.message}{look ? ' What stands here is of before.' : ''}</p> : null}
    </>
  );
}
