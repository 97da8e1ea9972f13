/** A runbook as a team might write it, with the traps of such documents: rows without a parent, names left with `_new`, writes lost between copy and swap, drops without a look. */
export const BAZAAR_RUNBOOK = `# Exports get their real types

Exports and their analytics keep ids as text in production. Development has had the real types for a while.

## Phase 1: Backup

\`\`\`bash
pg_dump $PROD_DATABASE_URL > before_$(date +%F).sql
\`\`\`

- [ ] Tell support that exports may pause for a moment

## Phase 2: Types of exports

### 2.1 A table with the right types

\`\`\`sql
-- Step 1: the new table
CREATE TABLE "bazaar-vid_exports_new" (
  id uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
  user_id varchar(255) NOT NULL,
  project_id uuid NOT NULL,
  render_id text NOT NULL UNIQUE,
  status text DEFAULT 'pending' NOT NULL,
  created_at timestamp DEFAULT now() NOT NULL
);

-- Step 2: copy
INSERT INTO "bazaar-vid_exports_new" (id, user_id, project_id, render_id, status, created_at)
SELECT id::uuid, user_id, project_id::uuid, render_id, status, created_at FROM "bazaar-vid_exports";

-- Step 3: indexes and keys
CREATE INDEX "exports_user_idx_new" ON "bazaar-vid_exports_new" (user_id);
ALTER TABLE "bazaar-vid_exports_new" ADD CONSTRAINT "exports_project_fk" FOREIGN KEY (project_id) REFERENCES "bazaar-vid_project" (id) ON DELETE CASCADE;

-- Step 4: swap
BEGIN;
ALTER TABLE "bazaar-vid_exports" RENAME TO "bazaar-vid_exports_old";
ALTER TABLE "bazaar-vid_exports_new" RENAME TO "bazaar-vid_exports";
COMMIT;
\`\`\`

## Phase 3: The table without prefix

\`\`\`sql
SELECT count(*) FROM api_usage_metric; -- 0
DROP TABLE api_usage_metric;
\`\`\`

## Phase 4: Empty tables

\`\`\`sql
DROP TABLE "bazaar-vid_component_error";
DROP TABLE "bazaar-vid_patch";
DROP TABLE "bazaar-vid_scene_plan";
DROP TABLE "bazaar-vid_scene_specs";
\`\`\`

## Phase 5: Validation

\`\`\`sql
SELECT count(*) FROM "bazaar-vid_exports"; -- 132
SELECT count(*) FROM "bazaar-vid_export_analytics"; -- 373
\`\`\`

## Troubleshooting

### The backfill hangs

When one statement takes too long, fill the column in batches:

\`\`\`sql
DO $$
DECLARE
  at integer := 0;
  done integer;
BEGIN
  LOOP
    UPDATE "bazaar-vid_exports" SET status = 'done'
    WHERE id IN (SELECT id FROM "bazaar-vid_exports" WHERE status = 'completed' LIMIT 1000 OFFSET at);
    GET DIAGNOSTICS done = ROW_COUNT;
    EXIT WHEN done = 0;
    at := at + 1000;
  END LOOP;
END $$;
\`\`\`

## Rollback Plan

\`\`\`sql
BEGIN;
ALTER TABLE "bazaar-vid_exports" RENAME TO "bazaar-vid_exports_failed";
ALTER TABLE "bazaar-vid_exports_old" RENAME TO "bazaar-vid_exports";
COMMIT;
\`\`\`
`;
