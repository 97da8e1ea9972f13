import { StateMark } from '#components/ui/state-mark.tsx';
import { phaseStanding } from '#components/states.ts';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';

export function PhaseMark({ dto, currentPhaseId }: { dto: PhaseDto; currentPhaseId: string | null }) {
  const { tone, word } = phaseStanding(dto.state, dto.phase.id === currentPhaseId, dto.scheduled !== null, dto.asksAuthor);
  return (
    <StateMark tone={tone} busy={dto.state === 'running'}>
      {word}
    </StateMark>
  );
}
