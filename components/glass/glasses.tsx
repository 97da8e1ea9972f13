import { ButtonLink } from '#components/ui/button.tsx';
import { Banner } from '#components/ui/notes.tsx';
import { Section } from '#components/ui/page.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { GlassDto, HomeDto } from '#lib/dal/dto/home.ts';
import { AnswerGlass } from './glass-forms.tsx';

/** On the plan: loud while nobody has answered, told for ever after. */
export function Glasses({ glasses }: { glasses: readonly GlassDto[] }) {
  if (glasses.length === 0) return null;
  return (
    <div className="mb-4 grid gap-2">
      {glasses.map((glass) => (
        <Banner key={glass.id} tone={glass.state === 'countersigned' ? 'grey' : 'red'} title={titleOf(glass)}>
          <p>
            {glass.by}, <Time at={glass.at} />: “{glass.reason}”
          </p>
          {glass.answer ? (
            <p>
              {glass.state === 'rejected' ? 'Rejected' : 'Countersigned afterwards'} by {glass.answer.by}, <Time at={glass.answer.at} />
              {glass.answer.comment === '' ? '' : `: “${glass.answer.comment}”`}
            </p>
          ) : (
            <Answer glass={glass} />
          )}
        </Banner>
      ))}
    </div>
  );
}

function Answer({ glass }: { glass: GlassDto }) {
  if (glass.mayNot !== null) return <p className="text-ink-muted">A second person has to answer for it. {glass.mayNot}</p>;
  return (
    <div className="mt-2">
      <AnswerGlass glassId={glass.id} what={`phase ${glass.phaseNumber}`} look="plain" />
    </div>
  );
}

function titleOf(glass: GlassDto): string {
  const started = `Phase ${glass.phaseNumber}, “${glass.phaseTitle}”, was started without its signatures`;
  return glass.state === 'rejected' ? `${started}, and that was rejected` : started;
}

/** On Home, above everything else. */
export function OpenGlasses({ glasses }: { glasses: HomeDto['glasses'] }) {
  if (glasses.length === 0) return null;
  const first = glasses.findIndex(({ mayNot }) => mayNot === null);
  return (
    <Section
      title={
        <span className="flex items-center gap-2 text-red-ink">
          <StateShape tone="red" />
          {`Started without signatures (${glasses.length})`}
        </span>
      }
    >
      <ul className="border-t border-line">
        {glasses.map((glass, index) => (
          <li key={glass.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
            <div className="min-w-0 flex-1 basis-72 max-sm:basis-full">
              <p>
                <span className="font-medium">{glass.planName}</span>
                <span className="text-ink-muted">
                  {' '}
                  · phase {glass.phaseNumber} · {glass.phaseTitle}
                </span>
              </p>
              <p className="wrap-anywhere text-ink-muted">
                {glass.by}: “{glass.reason}” {glass.mayNot === null ? 'Waits for you or another approver to answer for it.' : 'Waits for a second person to answer for it.'}
              </p>
            </div>
            <span className="text-sm text-ink-muted max-sm:mr-auto">
              <Time at={glass.at} />
            </span>
            {glass.mayNot === null ? <AnswerGlass glassId={glass.id} what={`${glass.planName}, phase ${glass.phaseNumber}`} look={index === first ? 'primary' : 'plain'} /> : null}
            <ButtonLink size="sm" href={`/plans/${glass.planId}?phase=${encodeURIComponent(glass.phaseId)}`} data-row="" aria-label={`Open: ${glass.planName}, ${glass.phaseTitle}`}>
              Open
            </ButtonLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}
