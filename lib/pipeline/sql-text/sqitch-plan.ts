/** One change of a plan of Sqitch. */
export interface SqitchChange {
  name: string;
  /** A change that comes again later keeps its earlier text under the name of a tag between the two: those tags, the latest first. */
  before: readonly string[];
}

/** A plan of Sqitch: changes in the order in which they are deployed. */
export interface SqitchPlan {
  changes: readonly SqitchChange[];
  /** Projects of their own, whose changes these rest on. */
  elsewhere: readonly string[];
}

/** Reads `sqitch.plan`: pragmas (%), comments (#), tags (@) and changes, a line each. Never throws: what is no change is passed over. */
export function readSqitchPlan(text: string): SqitchPlan {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('%'));
  const project = /^%project=(\S+)/m.exec(text)?.[1];
  const elsewhere = new Set<string>();
  const changes = lines.flatMap((line, at): SqitchChange[] => {
    const [, name, needs = ''] = /^\+?\s*([^\s@[-][^\s[]*)\s*(?:\[([^\]]*)\])?/.exec(line) ?? [];
    if (name === undefined) return [];
    for (const need of needs.split(/\s+/)) {
      const [, other] = /^([^!:@][^:]*):/.exec(need) ?? [];
      if (other !== undefined && other !== project) elsewhere.add(other);
    }
    return [{ name, before: tagsUpTo(lines.slice(at + 1), name) }];
  });
  return { changes, elsewhere: [...elsewhere] };
}

/** Tags before the next line that deploys the same change again; none when there is no such line. */
function tagsUpTo(lines: readonly string[], name: string): string[] {
  const again = lines.findIndex((line) => /^\+?\s*(\S+)/.exec(line)?.[1] === name);
  return again === -1 ? [] : lines.slice(0, again).flatMap((line) => /^@(\S+)/.exec(line)?.[1] ?? []).toReversed();
}
