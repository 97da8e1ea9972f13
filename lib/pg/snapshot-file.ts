import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { OBJECT_KINDS, type Snapshot } from '#lib/pipeline/snapshot.ts';

const FORMAT = 1;
const attribute = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
const object = z.object({
  id: z.string(), kind: z.enum(OBJECT_KINDS), schema: z.string(), name: z.string(), parent: z.string().nullable(), position: z.number().nullable(),
  attributes: z.record(z.string(), attribute), aside: z.record(z.string(), attribute).optional(),
});
const counts = z.array(z.object({ kind: z.string(), count: z.number() }));
const snapshotShape = z.looseObject({
  target: z.object({ systemIdentifier: z.string(), timeline: z.number(), databaseOid: z.number(), database: z.string(), serverVersion: z.number() }),
  takenAt: z.iso.datetime({ offset: true }),
  objects: z.array(object), satellites: z.array(object).optional(),
  estimates: z.record(z.string(), z.object({ rows: z.number().nullable(), bytes: z.number(), analyzedAt: z.string().nullable() })),
  notCompared: counts,
  dependencies: z.record(z.string(), z.array(z.string())).optional(),
  reader: z.string().optional(),
  unread: z.array(z.object({ kind: z.enum([...OBJECT_KINDS, 'owner', 'grantor']), id: z.string().optional(), why: z.string() })).optional(),
  origin: z.object({ name: z.string(), digest: z.string(), notes: z.array(z.string()), onto: z.string().optional(), folder: z.boolean().optional() }).optional(),
});
const fileShape = z.object({ countersign: z.literal('snapshot'), format: z.number(), snapshot: z.unknown() });

/** A snapshot as a file: schema and planner statistics, no rows; options of user mappings only as their hashes. */
export function snapshotText(snapshot: Snapshot): string {
  return `${JSON.stringify({ countersign: 'snapshot', format: FORMAT, snapshot })}\n`;
}

/** The snapshot in a file of `countersign snapshot`. Refused with source_unreadable when it is none, or one of a newer version. */
export function readSnapshotText(text: string, name: string): Snapshot {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Refused('source_unreadable', `${name} is no JSON; a stored snapshot is written by countersign snapshot.`, { cause: error });
  }
  const file = fileShape.safeParse(json);
  if (!file.success) throw new Refused('source_unreadable', `${name} is no snapshot of Countersign.`);
  if (file.data.format !== FORMAT) throw new Refused('source_unreadable', `${name} was written by another version of Countersign (format ${file.data.format}; this one reads ${FORMAT}).`);
  const snapshot = snapshotShape.safeParse(file.data.snapshot);
  if (!snapshot.success) {
    const [issue] = snapshot.error.issues;
    throw new Refused('source_unreadable', `${name} is damaged: ${issue?.path.join('.') ?? ''} is not what a snapshot holds there.`, { cause: snapshot.error });
  }
  return snapshot.data as unknown as Snapshot;
}
