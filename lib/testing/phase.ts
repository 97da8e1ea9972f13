import type { Check, Evidence, ForeignKeySpec, Measurement } from '#lib/pipeline/evidence.ts';
import type { Phase, TableName } from '#lib/pipeline/plan.ts';

/** A phase that asks these questions and does nothing; whatever the test is about is given in `over`. */
export function phaseOf(checks: readonly Check[], over: Partial<Phase> = {}): Phase {
  return {
    id: 'convert', kind: 'convert', title: 'Convert types', summary: 'For a test.', steps: [], checks, verifications: [], price: [], touches: [],
    requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null, ...over,
  };
}

/** What a measuring of the phase answered. */
export function evidenceOf(phase: Phase, measurements: readonly Measurement[]): Evidence {
  return { phaseId: phase.id, measuredAt: '2026-01-01T00:00:00Z', ms: 3, target: { systemIdentifier: '7', timeline: 1, databaseOid: 5, database: 'prod', serverVersion: 150_018 }, fingerprints: {}, measurements };
}

export function publicTable(name: string): TableName {
  return { schema: 'public', name };
}

/** `foreignKey('a_b', 'a', 'b_id', 'b')`: a.b_id refers to b.id. */
export function foreignKey(id: string, child: string, column: string, parent: string, over: Partial<ForeignKeySpec> = {}): ForeignKeySpec {
  return { id, child: publicTable(child), columns: [column], parent: publicTable(parent), parentColumns: ['id'], types: ['uuid'], onDelete: 'NO ACTION', nullable: false, ...over };
}

const EXPORTS = publicTable('bazaar-vid_exports');
const ANALYTICS = publicTable('bazaar-vid_export_analytics');

/** The questions of the demo's conversion, as the planner asks them. */
export function bazaarConversion(over: Partial<Phase> = {}): Phase {
  return phaseOf([
    { id: 'rows:public.bazaar-vid_exports', kind: 'rows', table: EXPORTS },
    { id: 'rows:public.bazaar-vid_export_analytics', kind: 'rows', table: ANALYTICS },
    {
      id: 'orphans',
      kind: 'orphans',
      foreignKeys: [
        foreignKey('exports_user_fk', EXPORTS.name, 'user_id', 'bazaar-vid_user', { types: ['character varying(255)'] }),
        foreignKey('exports_project_fk', EXPORTS.name, 'project_id', 'bazaar-vid_project', { onDelete: 'CASCADE' }),
        foreignKey('analytics_export_fk', ANALYTICS.name, 'export_id', EXPORTS.name, { onDelete: 'CASCADE' }),
      ],
      keys: { 'public.bazaar-vid_exports': ['id'], 'public.bazaar-vid_export_analytics': ['id'] },
    },
    { id: 'casts:public.bazaar-vid_exports', kind: 'casts', table: EXPORTS, key: ['id'], casts: [{ column: 'id', from: 'text', to: 'uuid' }, { column: 'user_id', from: 'text', to: 'character varying(255)' }, { column: 'project_id', from: 'text', to: 'uuid' }] },
    { id: 'casts:public.bazaar-vid_export_analytics', kind: 'casts', table: ANALYTICS, key: ['id'], casts: [{ column: 'export_id', from: 'text', to: 'uuid' }] },
    { id: 'dependents', kind: 'dependents', tables: [EXPORTS, ANALYTICS] },
    { id: 'free_names', kind: 'free_names', names: [{ schema: 'countersign_test', name: EXPORTS.name }] },
  ], { touches: ['table:public.bazaar-vid_exports', 'table:public.bazaar-vid_export_analytics', 'table:public.bazaar-vid_project', 'table:public.nobody'], ...over });
}
