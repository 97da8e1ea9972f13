import 'server-only';
import { configuration } from './control.ts';
import { load } from './gate.ts';

export interface TargetsDto {
  /** Names of the declared databases, production first: that is what plans change. */
  databases: readonly { name: string; environment: string }[];
}

/** What a plan can change. */
export const loadTargets = load((): Promise<TargetsDto> => {
  const declared = configuration().databases.map(({ name, environment }) => ({ name, environment }));
  return Promise.resolve({ databases: declared.toSorted((a, b) => Number(b.environment === 'production') - Number(a.environment === 'production')) });
});
