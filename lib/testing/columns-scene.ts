import { randomUUID } from 'node:crypto';
import { introspect } from '#lib/pg/introspect.ts';
import { withReader } from '#lib/pg/session.ts';
import { diff } from '#lib/pipeline/diff.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { makePlan, type PlanResult } from '#lib/pipeline/planner/make-plan.ts';
import { MIRROR_TABLES, SCENE_TABLES, type SceneConfigs } from './rebuild-scene.ts';

/** Exports on which much depends by their number; amounts are to become whole numbers, and slugs to have a length. */
export const COLUMN_TABLES = (of: 'now' | 'wanted'): string => `
  ${of === 'now' ? SCENE_TABLES('text') : SCENE_TABLES('text').replace('slug text', 'slug varchar(80)').replace('amount numeric(12,2) NOT NULL', 'amount bigint NOT NULL')}
  ALTER TABLE public.export ADD CONSTRAINT export_slug_key UNIQUE (slug), ADD CONSTRAINT export_slug_long CHECK (length(slug) > 2);
  CREATE INDEX export_amounts ON public.export (amount DESC, project_id) WHERE amount > 5;
  CREATE STATISTICS public.export_together ON project_id, created_at FROM public.export;
  COMMENT ON COLUMN public.export.amount IS 'what it costs'; COMMENT ON CONSTRAINT export_amount ON public.export IS 'never less than nothing';
  GRANT SELECT (amount, note) ON public.export TO PUBLIC;
  CREATE VIEW public.export_prices AS SELECT id, slug, amount FROM public.export; COMMENT ON VIEW public.export_prices IS 'prices';
  CREATE VIEW public.export_dear AS SELECT slug FROM public.export_prices WHERE amount IS NOT NULL;
  CREATE VIEW public.export_notes AS SELECT id, note FROM public.export;
  CREATE FUNCTION public.export_noted() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.export WHERE note IS NOT NULL; END;
  CREATE POLICY export_all ON public.export USING (project_id > 0);
  ${MIRROR_TABLES}`;

/** The plan for all differences of the table and of nothing else. */
export async function columnPlan({ prod, dev }: SceneConfigs, writePauseSeconds?: number): Promise<PlanResult> {
  const [current, desiredSnapshot] = await Promise.all([withReader(prod, (client) => introspect(client)), withReader(dev, (client) => introspect(client))]);
  const deltaIds = diff(current, desiredSnapshot).filter((delta) => delta.group === 'table:public.export').map((delta) => delta.id);
  return makePlan({ id: randomUUID(), name: 'Whole amounts', target: prod.name, desired: dev.name, current, desiredSnapshot, deltaIds, decisions: [], windowHours: 24, tolerance: { rowsPercent: 100 }, ...(writePauseSeconds === undefined ? {} : { writePauseSeconds }) });
}

export function planned(result: PlanResult): Plan {
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join('\n'));
  return result.plan;
}
