import type { Delta } from './diff.ts';
import { blocking, toKnow, type JudgedFinding } from './findings.ts';
import type { SchemaObject } from './snapshot.ts';

/** An extension that a plan makes (`from` null) or brings to another version. `to`: as the other side has it; null where its reading does not say. */
export interface ExtensionWanted {
  name: string;
  from: string | null;
  to: string | null;
}

/** What the server of the target has of it. `byDefault`: the version that CREATE EXTENSION makes; null: it is not installed there. */
export interface ExtensionFact {
  name: string;
  byDefault: string | null;
  /** The wanted version is installed, and there is a way to it from the one that is there. */
  reachable: boolean;
}

/** Extensions that the differences make or bring to another version. */
export function extensionsWanted(deltas: readonly Delta[]): ExtensionWanted[] {
  return deltas.flatMap(({ kind, change, current, desired, attributes }): ExtensionWanted[] => {
    if (kind !== 'extension' || !desired || change === 'remove') return [];
    if (change === 'add') return [{ name: desired.name, from: null, to: versionOf(desired) }];
    return attributes.some(({ name }) => name === 'version') ? [{ name: desired.name, from: current ? versionOf(current) : null, to: versionOf(desired) }] : [];
  });
}

export function versionOf(object: Pick<SchemaObject, 'aside'>): string | null {
  const version = object.aside?.version;
  return typeof version === 'string' ? version : null;
}

/** Is the first version before the second? Only numbers with points between can be told; of others the server is asked for a way. */
export function isOlder(one: string, other: string): boolean {
  if (![one, other].every((version) => /^\d+(\.\d+)*$/.test(version))) return false;
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const places = Math.max(a?.length ?? 0, b?.length ?? 0);
  for (let at = 0; at < places; at += 1) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** What is not installed on the server, or cannot be reached, would fail in the run: it stops the signature. */
export function judgeExtensions(wanted: readonly ExtensionWanted[], facts: readonly ExtensionFact[]): JudgedFinding[] {
  return wanted.flatMap(({ name, from, to }): JudgedFinding[] => {
    const fact = facts.find((one) => one.name === name);
    if (!fact) return [blocking('NOT_MEASURED', `Whether the server has the extension ${name} was not measured.`)];
    if (fact.byDefault === null) return [blocking('EXTENSION_NOT_INSTALLED', `The extension ${name} is not installed on the server of the target: install its package there, then measure again.`)];
    if (from === null) return to === null || to === fact.byDefault ? [] : [toKnow('EXTENSION_VERSION', `The other side has ${name} ${to}; the server of the target makes ${fact.byDefault}.`)];
    return fact.reachable ? [] : [blocking('EXTENSION_NOT_INSTALLED', `The server of the target knows no way for ${name} from version ${from} to ${to ?? 'the wanted one'}: install the package that has it there, then measure again.`)];
  });
}
