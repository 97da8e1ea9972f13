import type { LintFacts, LintScene } from '#lib/pipeline/lint/finding.ts';
import { sceneOf } from '#lib/pipeline/lint/scene.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import { type Attribute, objectId, type SchemaObject, type Snapshot } from '#lib/pipeline/snapshot.ts';

// Readings and written plans made in memory, for tests of rules and safer forms.

export function reading(...objects: readonly SchemaObject[]): Snapshot {
  return { target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'x', serverVersion: 150018 }, takenAt: '2026-01-01T00:00:00Z', objects, estimates: {}, notCompared: [] };
}

type Columns = Readonly<Record<string, string | Record<string, Attribute>>>;

/** A table with columns (type, or attributes) and a primary key over `id` where it has such a column. */
export function readTable(name: string, columns: Columns, ...parts: readonly SchemaObject[]): SchemaObject[] {
  const parent = objectId('table', 'public', name);
  const own = Object.entries(columns).map(([column, said], at): SchemaObject => {
    const given = typeof said === 'string' ? { type: said } : said;
    return { id: objectId('column', 'public', name, column), kind: 'column', schema: 'public', name: column, parent, position: at + 1, attributes: { type: 'text', nullable: column !== 'id', default: null, identity: null, generated: null, collation: null, ...given } };
  });
  const key = 'id' in columns ? [readPart('constraint', name, `${name}_pkey`, { type: 'primary key', definition: 'PRIMARY KEY (id)', columns: ['id'], validated: true, deferrable: 'NOT DEFERRABLE' })] : [];
  return [{ id: parent, kind: 'table', schema: 'public', name, parent: null, position: null, attributes: { persistence: 'permanent', partitioned: false } }, ...own, ...key, ...parts];
}

export function readPart(kind: 'constraint' | 'index' | 'trigger' | 'policy', of: string, name: string, attributes: Record<string, Attribute>): SchemaObject {
  return { id: objectId(kind, 'public', of, name), kind, schema: 'public', name, parent: objectId('table', 'public', of), position: null, attributes };
}

export function readIndex(of: string, name: string, columns: readonly string[], unique = false): SchemaObject {
  return readPart('index', of, name, { definition: `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON public.${of} USING btree (${columns.join(', ')})`, using: `btree (${columns.join(', ')})`, method: 'btree', unique, valid: true, columns, predicate: null, clustered: false, inherited: false, partitionOf: null, columnSettings: [] });
}

export function readForeignKey(of: string, name: string, from: string, to: string, onDelete = 'NO ACTION'): SchemaObject {
  return readPart('constraint', of, name, { type: 'foreign key', definition: `FOREIGN KEY (${from}) REFERENCES public.${to}(id)${onDelete === 'NO ACTION' ? '' : ` ON DELETE ${onDelete}`}`, columns: [from], references: objectId('table', 'public', to), referencedColumns: ['id'], match: 'SIMPLE', onUpdate: 'NO ACTION', onDelete, onDeleteColumns: [], deferrable: 'NOT DEFERRABLE', validated: true });
}

/** A step of a text; each element is one statement, committed together. */
export function writtenStep(id: string, statements: readonly string[], more: Partial<Step> = {}): Step {
  return { id, title: statements[0] ?? id, statements: statements.map((sql) => ({ do: 'execute', label: sql.slice(0, 40), sql })), undo: [], locks: [], rewrite: false, hazards: [], editable: true, searchPath: ['public'], ...more };
}

export function writtenPhase(id: string, steps: readonly Step[], more: Partial<Phase> = {}): Phase {
  return { id, kind: 'written', title: id, summary: '', steps, checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null, ...more };
}

export function writtenPlan(...phases: readonly Phase[]): Plan {
  return { id: '7f3a1c52-0000-4000-8000-000000000001', name: 'written', target: 'prod', desired: 'dev', basis: { current: '', desired: '' }, keepSchema: 'countersign_7f3a1c52', deltaIds: [], decisions: [], tolerance: { rowsPercent: 5 }, windowHours: 48, origin: { from: 'hand' }, phases };
}

/** One phase, a step for each list of statements. */
export function planOf(...steps: readonly (string | readonly string[])[]): Plan {
  return writtenPlan(writtenPhase('written', steps.map((one, at) => writtenStep(`written.${at + 1}`, typeof one === 'string' ? [one] : one))));
}

export function factsOf(more: Partial<LintFacts> = {}): LintFacts {
  return { major: 17, current: null, desired: null, evidence: {}, teamRules: [], ...more };
}

export async function sceneFor(plan: Plan, more: Partial<LintFacts> = {}): Promise<LintScene> {
  return sceneOf(plan, factsOf(more));
}
