-- What prod has besides the shared tables, as the operator: 10 tables, so that there are 31 in public.

-- Made by a hurried hand: every id is text, there is no foreign key, one check of three, and not every index carries dev's name.
create table "bazaar-vid_exports" (
  id text primary key default gen_random_uuid()::text,
  user_id text not null,
  project_id text not null,
  render_id text not null,
  status text default 'pending' not null check (status in ('pending', 'rendering', 'completed', 'failed')),
  progress integer default 0,
  format text default 'mp4' not null,
  quality text default 'high' not null,
  output_url text,
  file_size integer,
  duration integer,
  error text,
  metadata jsonb,
  download_count integer default 0,
  last_downloaded_at timestamp,
  created_at timestamp default now() not null,
  completed_at timestamp,
  constraint "bazaar-vid_exports_render_id_unique" unique (render_id)
);
create index exports_user_idx on "bazaar-vid_exports" (user_id);
create index exports_project_idx on "bazaar-vid_exports" (project_id);
create index exports_created_at_idx on "bazaar-vid_exports" (created_at);

create table "bazaar-vid_export_analytics" (
  id uuid primary key default gen_random_uuid(),
  export_id text not null,
  event text not null,
  event_data jsonb,
  user_agent text,
  ip_address text,
  created_at timestamp default now() not null
);
create index export_analytics_export_idx on "bazaar-vid_export_analytics" (export_id);
create index export_analytics_event_idx on "bazaar-vid_export_analytics" (event);

-- The duplicate without prefix: a migration that ran once without the table prefix.
create table api_usage_metric (
  id uuid primary key default gen_random_uuid(),
  user_id varchar(255),
  project_id uuid,
  provider text not null,
  model text not null,
  input_tokens integer,
  output_tokens integer,
  response_time_ms integer,
  status text not null,
  error_type text,
  created_at timestamptz default current_timestamp not null
);

-- Four that nothing was ever written to.
create table "bazaar-vid_component_error" (
  id uuid primary key default gen_random_uuid(),
  component_id uuid not null,
  error_type text not null,
  details text,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_component_error_component_id_fk" foreign key (component_id) references "bazaar-vid_custom_component" (id) on delete cascade
);
create index component_error_component_idx on "bazaar-vid_component_error" (component_id);

create table "bazaar-vid_patch" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  patch jsonb not null,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_patch_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);

create table "bazaar-vid_scene_plan" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  raw_reasoning text,
  plan_data jsonb not null,
  created_at timestamptz default current_timestamp not null
);

create table "bazaar-vid_scene_specs" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  name varchar(255),
  spec jsonb not null,
  created_at timestamptz default current_timestamp not null
);

-- Three legacy ones with rows: nobody reads them any more, nobody dares to drop them.
create table "bazaar-vid_project_memory" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  memory_type varchar(50) not null,
  memory_key varchar(255) not null,
  memory_value text not null,
  confidence double precision default 0.8,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_project_memory_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index project_memory_type_idx on "bazaar-vid_project_memory" (project_id, memory_type);

create table "bazaar-vid_metric" (
  id uuid primary key default gen_random_uuid(),
  name varchar(255) not null,
  value double precision not null,
  tags jsonb default '{}'::jsonb,
  "timestamp" timestamptz default current_timestamp not null
);
create index metric_name_idx on "bazaar-vid_metric" (name);

create table "bazaar-vid_agent_message" (
  id uuid primary key default gen_random_uuid(),
  sender varchar(100) not null,
  recipient varchar(100) not null,
  type varchar(50) not null,
  payload jsonb not null,
  status varchar(50) default 'pending' not null,
  created_at timestamptz default current_timestamp not null
);
