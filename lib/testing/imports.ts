import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { parseSync } from 'vite';

export interface Import {
  /** The file that imports, relative to the root, with forward slashes. */
  from: string;
  /** A file relative to the root, or the name of a package. */
  to: string;
  /** Only types: gone at run time. */
  type: boolean;
}

export interface Source {
  file: string;
  imports: readonly Import[];
  /** Places where the environment could be read: `process` used as anything but `process.<something else than env>`. */
  readsEnvironment: boolean;
  /** import() of something that is not a literal. */
  opaque: boolean;
}

/** Every module below the folders, by a real parser: static, dynamic and re-exporting imports. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|js)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .sort()
      .map((file) => readSource(root, file)),
  );
}

function readSource(root: string, file: string): Source {
  const text = readFileSync(join(root, file), 'utf8');
  const parsed = parseSync(file, text);
  const { module, errors } = parsed;
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const add = (specifier: string, type: boolean): void => { imports.push({ from: file, to: resolved(file, specifier), type }); };
  for (const { moduleRequest, entries } of module.staticImports) add(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType));
  for (const { entries } of module.staticExports) for (const { moduleRequest, isType } of entries) if (moduleRequest) add(moduleRequest.value, isType);
  let opaque = false;
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"])([^'"]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2];
    if (literal === undefined) opaque = true;
    else add(literal, false);
  }
  // The tree of a file is made when it is asked for, and that takes longer than all else here.
  return { file, imports, readsEnvironment: text.includes('process') && usesEnvironment(parsed.program), opaque };
}

function resolved(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier)).replaceAll(sep, '/');
  return specifier;
}

interface Node {
  type: string;
  name?: unknown;
  object?: unknown;
  property?: unknown;
  computed?: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isIdentifier(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'Identifier' && value.name === name;
}

function usesEnvironment(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(usesEnvironment);
  if (!isNode(node)) return false;
  if (node.type === 'MemberExpression') {
    if (isIdentifier(node.object, 'globalThis') && isIdentifier(node.property, 'process')) return true;
    if (isIdentifier(node.object, 'process')) return node.computed === true || isIdentifier(node.property, 'env');
    if (node.computed !== true) return usesEnvironment(node.object);
  }
  if (isIdentifier(node, 'process')) return true;
  return Object.entries(node).some(([key, value]) => key !== 'key' && typeof value === 'object' && usesEnvironment(value));
}
