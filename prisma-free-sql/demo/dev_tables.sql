-- What dev has besides the shared tables, as the operator. The statements of the two export tables and of the brand extraction
-- are those of the team's own guides, letter by letter.

-- Export tables
CREATE TABLE "bazaar-vid_exports" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "user_id" varchar(255) NOT NULL,
  "project_id" uuid NOT NULL,
  "render_id" text NOT NULL,
  "status" text DEFAULT 'pending' NOT NULL CHECK ("status" IN ('pending', 'rendering', 'completed', 'failed')),
  "progress" integer DEFAULT 0,
  "format" text DEFAULT 'mp4' NOT NULL CHECK ("format" IN ('mp4', 'webm', 'gif')),
  "quality" text DEFAULT 'high' NOT NULL CHECK ("quality" IN ('low', 'medium', 'high')),
  "output_url" text,
  "file_size" integer,
  "duration" integer,
  "error" text,
  "metadata" jsonb,
  "download_count" integer DEFAULT 0,
  "last_downloaded_at" timestamp,
  "created_at" timestamp DEFAULT now() NOT NULL,
  "completed_at" timestamp,
  CONSTRAINT "bazaar-vid_exports_render_id_unique" UNIQUE("render_id")
);

CREATE TABLE "bazaar-vid_export_analytics" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "export_id" uuid NOT NULL,
  "event" text NOT NULL CHECK ("event" IN ('started', 'progress', 'completed', 'failed', 'downloaded', 'viewed')),
  "event_data" jsonb,
  "user_agent" text,
  "ip_address" text,
  "created_at" timestamp DEFAULT now() NOT NULL
);

-- Add foreign key constraints
ALTER TABLE "bazaar-vid_exports" 
ADD CONSTRAINT "bazaar-vid_exports_user_id_bazaar-vid_user_id_fk" 
FOREIGN KEY ("user_id") REFERENCES "bazaar-vid_user"("id") ON DELETE CASCADE;

ALTER TABLE "bazaar-vid_exports" 
ADD CONSTRAINT "bazaar-vid_exports_project_id_bazaar-vid_project_id_fk" 
FOREIGN KEY ("project_id") REFERENCES "bazaar-vid_project"("id") ON DELETE CASCADE;

ALTER TABLE "bazaar-vid_export_analytics" 
ADD CONSTRAINT "bazaar-vid_export_analytics_export_id_bazaar-vid_exports_id_fk" 
FOREIGN KEY ("export_id") REFERENCES "bazaar-vid_exports"("id") ON DELETE CASCADE;

-- Create indexes
CREATE INDEX "exports_user_idx" ON "bazaar-vid_exports" ("user_id");
CREATE INDEX "exports_project_idx" ON "bazaar-vid_exports" ("project_id");
CREATE INDEX "exports_render_idx" ON "bazaar-vid_exports" ("render_id");
CREATE INDEX "exports_created_idx" ON "bazaar-vid_exports" ("created_at");

CREATE INDEX "export_analytics_export_idx" ON "bazaar-vid_export_analytics" ("export_id");
CREATE INDEX "export_analytics_event_idx" ON "bazaar-vid_export_analytics" ("event");
CREATE INDEX "export_analytics_created_idx" ON "bazaar-vid_export_analytics" ("created_at");

-- Promotions and paywall
CREATE TYPE promo_discount_type AS ENUM ('percentage', 'fixed');

CREATE TABLE "bazaar-vid_promo_codes" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "code" varchar(50) NOT NULL,
  "description" text,
  "discount_type" promo_discount_type NOT NULL,
  "discount_value" numeric(10,2) NOT NULL CHECK ("discount_value" > 0),
  "max_uses" integer,
  "uses_count" integer DEFAULT 0 NOT NULL,
  "valid_from" timestamptz DEFAULT now() NOT NULL,
  "valid_until" timestamptz,
  "created_by" varchar(255),
  "created_at" timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT "bazaar-vid_promo_codes_code_unique" UNIQUE ("code"),
  CONSTRAINT "bazaar-vid_promo_codes_created_by_bazaar-vid_user_id_fk" FOREIGN KEY ("created_by") REFERENCES "bazaar-vid_user" ("id") ON DELETE SET NULL
);
CREATE INDEX "promo_codes_valid_idx" ON "bazaar-vid_promo_codes" ("valid_from", "valid_until");

CREATE TABLE "bazaar-vid_promo_code_usage" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "promo_code_id" uuid NOT NULL,
  "user_id" varchar(255) NOT NULL,
  "discount_applied" numeric(10,2) NOT NULL,
  "order_id" text,
  "created_at" timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT "promo_code_usage_once" UNIQUE ("promo_code_id", "user_id"),
  CONSTRAINT "bazaar-vid_promo_code_usage_promo_code_id_fk" FOREIGN KEY ("promo_code_id") REFERENCES "bazaar-vid_promo_codes" ("id") ON DELETE CASCADE,
  CONSTRAINT "bazaar-vid_promo_code_usage_user_id_bazaar-vid_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bazaar-vid_user" ("id") ON DELETE CASCADE
);
CREATE INDEX "promo_code_usage_user_idx" ON "bazaar-vid_promo_code_usage" ("user_id");

CREATE TABLE "bazaar-vid_paywall_events" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "user_id" varchar(255) NOT NULL,
  "event_type" text NOT NULL CHECK ("event_type" IN ('viewed', 'clicked', 'checkout', 'completed', 'abandoned')),
  "package_name" text,
  "metadata" jsonb,
  "created_at" timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT "bazaar-vid_paywall_events_user_id_bazaar-vid_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bazaar-vid_user" ("id") ON DELETE CASCADE
);
CREATE INDEX "paywall_events_user_idx" ON "bazaar-vid_paywall_events" ("user_id");
CREATE INDEX "paywall_events_created_idx" ON "bazaar-vid_paywall_events" ("created_at");

CREATE TABLE "bazaar-vid_paywall_analytics" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "date" date NOT NULL,
  "unique_views" integer DEFAULT 0 NOT NULL,
  "unique_clicks" integer DEFAULT 0 NOT NULL,
  "completed_purchases" integer DEFAULT 0 NOT NULL,
  "revenue" numeric(12,2) DEFAULT 0 NOT NULL,
  "created_at" timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT "paywall_analytics_date_unique" UNIQUE ("date")
);

-- Brand Extraction (29 columns with complex structure)
CREATE TABLE "bazaar-vid_brand_extraction" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid(),
    "url" text NOT NULL,
    "project_id" uuid,
    "user_id" varchar(255) NOT NULL,
    "extraction_id" text NOT NULL,
    "extraction_version" text NOT NULL DEFAULT '2.0.0'::text,
    "extraction_status" text NOT NULL DEFAULT 'processing'::text,
    "brand_name" text,
    "brand_tagline" text,
    "primary_color" text,
    "secondary_color" text,
    "visual_analysis" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "content_analysis" jsonb DEFAULT '{}'::jsonb,
    "synthesis" jsonb DEFAULT '{}'::jsonb,
    "brand_data" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "design_data" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "product_data" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "social_proof_data" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "content_data" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "sections_data" jsonb NOT NULL DEFAULT '[]'::jsonb,
    "screenshots" jsonb NOT NULL DEFAULT '[]'::jsonb,
    "html_content" text,
    "styles_extracted" jsonb DEFAULT '{}'::jsonb,
    "confidence" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "processing_time_ms" integer,
    "tokens_used" integer,
    "created_at" timestamp with time zone NOT NULL DEFAULT now(),
    "updated_at" timestamp with time zone NOT NULL DEFAULT now(),
    "analyzed_at" timestamp with time zone,
    PRIMARY KEY ("id")
);

-- Story Arc (19 columns with dual duration tracking)
CREATE TABLE "bazaar-vid_story_arc" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid(),
    "extraction_id" uuid NOT NULL,
    "project_id" uuid,
    "user_id" varchar(255) NOT NULL,
    "title" text NOT NULL,
    "narrative_structure" text NOT NULL,
    "total_duration_frames" integer NOT NULL,
    "total_duration_seconds" numeric NOT NULL,
    "style" text NOT NULL DEFAULT 'professional'::text,
    "brand_context" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "scenes" jsonb NOT NULL DEFAULT '[]'::jsonb,
    "generation_model" text,
    "generation_prompt" text,
    "generation_time_ms" integer,
    "status" text NOT NULL DEFAULT 'draft'::text,
    "approved_by" varchar(255),
    "approved_at" timestamp with time zone,
    "created_at" timestamp with time zone NOT NULL DEFAULT now(),
    "updated_at" timestamp with time zone NOT NULL DEFAULT now(),
    PRIMARY KEY ("id")
);

-- Story Arc Scene (20 columns with code generation)
CREATE TABLE "bazaar-vid_story_arc_scene" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid(),
    "story_arc_id" uuid NOT NULL,
    "scene_number" integer NOT NULL,
    "title" text NOT NULL,
    "duration_frames" integer NOT NULL,
    "narrative" text NOT NULL,
    "emotional_beat" text NOT NULL,
    "visuals" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "text_content" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "ui_elements" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "styling" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "template_name" text NOT NULL,
    "template_variant" text,
    "template_capabilities" jsonb NOT NULL DEFAULT '[]'::jsonb,
    "edit_prompt" text,
    "edit_status" text DEFAULT 'pending'::text,
    "generated_code" text,
    "code_version" integer DEFAULT 1,
    "created_at" timestamp with time zone NOT NULL DEFAULT now(),
    "updated_at" timestamp with time zone NOT NULL DEFAULT now(),
    PRIMARY KEY ("id")
);

-- Extraction Cache (10 columns with hit tracking)
CREATE TABLE "bazaar-vid_extraction_cache" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid(),
    "url" text NOT NULL,
    "url_hash" text NOT NULL,
    "extraction_id" uuid NOT NULL,
    "cache_key" text NOT NULL,
    "cache_data" jsonb NOT NULL,
    "expires_at" timestamp with time zone NOT NULL,
    "hit_count" integer DEFAULT 0,
    "last_accessed_at" timestamp with time zone,
    "created_at" timestamp with time zone NOT NULL DEFAULT now(),
    PRIMARY KEY ("id")
);

-- Brand Profile (17 columns, project-based)
CREATE TABLE "bazaar-vid_brand_profile" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid(),
    "project_id" uuid NOT NULL,
    "website_url" text NOT NULL,
    "brand_data" jsonb NOT NULL DEFAULT '{}'::jsonb,
    "colors" jsonb DEFAULT '{}'::jsonb,
    "typography" jsonb DEFAULT '{}'::jsonb,
    "logos" jsonb DEFAULT '{}'::jsonb,
    "copy_voice" jsonb DEFAULT '{}'::jsonb,
    "product_narrative" jsonb DEFAULT '{}'::jsonb,
    "social_proof" jsonb DEFAULT '{}'::jsonb,
    "screenshots" jsonb DEFAULT '[]'::jsonb,
    "media_assets" jsonb DEFAULT '[]'::jsonb,
    "extraction_version" text DEFAULT '1.0.0'::text,
    "extraction_confidence" jsonb DEFAULT '{}'::jsonb,
    "last_analyzed_at" timestamp with time zone,
    "created_at" timestamp with time zone NOT NULL DEFAULT now(),
    "updated_at" timestamp with time zone NOT NULL DEFAULT now(),
    PRIMARY KEY ("id")
);

-- Brand Profile Version (7 columns with change tracking)
CREATE TABLE "bazaar-vid_brand_profile_version" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid(),
    "brand_profile_id" uuid NOT NULL,
    "version_number" integer NOT NULL,
    "brand_data" jsonb NOT NULL,
    "changed_by" varchar(255),
    "change_reason" text,
    "created_at" timestamp with time zone NOT NULL DEFAULT now(),
    PRIMARY KEY ("id")
);

-- Unique constraints
ALTER TABLE "bazaar-vid_brand_extraction" ADD CONSTRAINT "bazaar-vid_brand_extraction_extraction_id_key" UNIQUE ("extraction_id");
ALTER TABLE "bazaar-vid_extraction_cache" ADD CONSTRAINT "bazaar-vid_extraction_cache_cache_key_key" UNIQUE ("cache_key");
ALTER TABLE "bazaar-vid_brand_profile_version" ADD CONSTRAINT "brand_versions_unique_idx" UNIQUE ("brand_profile_id", "version_number");

-- Indexes
CREATE INDEX brand_extraction_url_idx ON "bazaar-vid_brand_extraction" (url);
CREATE INDEX brand_extraction_status_idx ON "bazaar-vid_brand_extraction" (extraction_status);
CREATE INDEX brand_extraction_user_idx ON "bazaar-vid_brand_extraction" (user_id);
CREATE INDEX brand_extraction_project_idx ON "bazaar-vid_brand_extraction" (project_id);
CREATE INDEX brand_extraction_brand_name_idx ON "bazaar-vid_brand_extraction" (brand_name);
CREATE INDEX brand_extraction_created_idx ON "bazaar-vid_brand_extraction" (created_at DESC);
CREATE INDEX brand_extraction_brand_gin ON "bazaar-vid_brand_extraction" USING gin (brand_data);
CREATE INDEX brand_extraction_visual_gin ON "bazaar-vid_brand_extraction" USING gin (visual_analysis);

CREATE INDEX story_arc_extraction_idx ON "bazaar-vid_story_arc" (extraction_id);
CREATE INDEX story_arc_project_idx ON "bazaar-vid_story_arc" (project_id);
CREATE INDEX story_arc_user_idx ON "bazaar-vid_story_arc" (user_id);
CREATE INDEX story_arc_status_idx ON "bazaar-vid_story_arc" (status);
CREATE INDEX story_arc_created_idx ON "bazaar-vid_story_arc" (created_at DESC);
CREATE INDEX story_arc_scenes_gin ON "bazaar-vid_story_arc" USING gin (scenes);

CREATE INDEX story_arc_scene_arc_idx ON "bazaar-vid_story_arc_scene" (story_arc_id);
CREATE INDEX story_arc_scene_number_idx ON "bazaar-vid_story_arc_scene" (story_arc_id, scene_number);
CREATE INDEX story_arc_scene_template_idx ON "bazaar-vid_story_arc_scene" (template_name);

CREATE INDEX extraction_cache_url_hash_idx ON "bazaar-vid_extraction_cache" (url_hash);
CREATE INDEX extraction_cache_extraction_idx ON "bazaar-vid_extraction_cache" (extraction_id);
CREATE INDEX extraction_cache_expires_idx ON "bazaar-vid_extraction_cache" (expires_at);
CREATE UNIQUE INDEX extraction_cache_key_idx ON "bazaar-vid_extraction_cache" (cache_key);

CREATE INDEX brand_profiles_project_idx ON "bazaar-vid_brand_profile" (project_id);
CREATE INDEX brand_profiles_url_idx ON "bazaar-vid_brand_profile" (website_url);
CREATE INDEX brand_profiles_created_idx ON "bazaar-vid_brand_profile" (created_at);

CREATE INDEX brand_versions_profile_idx ON "bazaar-vid_brand_profile_version" (brand_profile_id);
CREATE INDEX brand_versions_created_idx ON "bazaar-vid_brand_profile_version" (created_at);

-- Schemas of PostgREST and of the hosting provider: the team decided not to take them over, the product signs in with NextAuth.
CREATE SCHEMA auth;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
CREATE FUNCTION auth.user_id() RETURNS text LANGUAGE sql STABLE AS $$ SELECT auth.jwt() ->> 'sub' $$;

CREATE SCHEMA neon_auth;
CREATE TABLE neon_auth.users_sync (
  raw_json jsonb NOT NULL,
  id text GENERATED ALWAYS AS (raw_json ->> 'id') STORED NOT NULL PRIMARY KEY,
  name text GENERATED ALWAYS AS (raw_json ->> 'display_name') STORED,
  email text GENERATED ALWAYS AS (raw_json ->> 'primary_email') STORED,
  updated_at timestamptz,
  deleted_at timestamptz
);
CREATE INDEX users_sync_deleted_at_idx ON neon_auth.users_sync (deleted_at);

CREATE SCHEMA pgrst;
CREATE FUNCTION pgrst.pre_config() RETURNS void LANGUAGE sql AS $$ SELECT set_config('pgrst.db_schemas', 'public', true) $$;
