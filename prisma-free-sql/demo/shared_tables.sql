-- The 21 tables of the product that dev and prod have alike, as the operator; exports and export_analytics differ and are in
-- dev_tables.sql and prod_tables.sql.
create type asset_kind as enum ('image', 'video', 'audio', 'font');

create table "bazaar-vid_user" (
  id varchar(255) primary key,
  name varchar(255),
  email varchar(255) not null,
  email_verified timestamptz default current_timestamp,
  image varchar(255),
  password varchar(255),
  is_admin boolean default false not null,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_user_email_unique" unique (email)
);

create table "bazaar-vid_account" (
  user_id varchar(255) not null,
  type varchar(255) not null,
  provider varchar(255) not null,
  provider_account_id varchar(255) not null,
  refresh_token text,
  access_token text,
  expires_at integer,
  token_type varchar(255),
  scope varchar(255),
  id_token text,
  session_state varchar(255),
  constraint "bazaar-vid_account_provider_provider_account_id_pk" primary key (provider, provider_account_id),
  constraint "bazaar-vid_account_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id)
);
create index account_user_id_idx on "bazaar-vid_account" (user_id);

create table "bazaar-vid_session" (
  session_token varchar(255) primary key,
  user_id varchar(255) not null,
  expires timestamptz not null,
  constraint "bazaar-vid_session_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id)
);
create index t_user_id_idx on "bazaar-vid_session" (user_id);

create table "bazaar-vid_verification_token" (
  identifier varchar(255) not null,
  token varchar(255) not null,
  expires timestamptz not null,
  constraint "bazaar-vid_verification_token_identifier_token_pk" primary key (identifier, token)
);

create table "bazaar-vid_project" (
  id uuid primary key default gen_random_uuid(),
  user_id varchar(255) not null,
  title varchar(255) not null,
  props jsonb,
  is_welcome boolean default false not null,
  created_at timestamptz default current_timestamp not null,
  updated_at timestamptz,
  constraint project_title_user_idx unique (user_id, title),
  constraint "bazaar-vid_project_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id)
);
create index project_user_id_idx on "bazaar-vid_project" (user_id);

create table "bazaar-vid_scene" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  name varchar(255) default 'Scene' not null,
  "order" integer default 0 not null,
  tsx_code text not null,
  props jsonb,
  duration integer default 180 not null check (duration > 0),
  layout_json text,
  created_at timestamptz default current_timestamp not null,
  updated_at timestamptz,
  constraint "bazaar-vid_scene_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index scene_project_idx on "bazaar-vid_scene" (project_id);
create index scene_order_idx on "bazaar-vid_scene" (project_id, "order");

create table "bazaar-vid_scene_iteration" (
  id uuid primary key default gen_random_uuid(),
  scene_id uuid not null,
  project_id uuid not null,
  operation_type text not null,
  user_prompt text not null,
  brain_reasoning text,
  model_used text,
  generation_time_ms integer,
  user_satisfaction integer check (user_satisfaction between 1 and 5),
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_scene_iteration_scene_id_bazaar-vid_scene_id_fk" foreign key (scene_id) references "bazaar-vid_scene" (id) on delete cascade,
  constraint "bazaar-vid_scene_iteration_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index scene_iteration_scene_idx on "bazaar-vid_scene_iteration" (scene_id);
create index scene_iteration_created_idx on "bazaar-vid_scene_iteration" (created_at);

create table "bazaar-vid_message" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  content text not null,
  role varchar(50) not null check (role in ('user', 'assistant')),
  kind varchar(50) default 'message' not null,
  status varchar(50) default 'success',
  image_urls text[],
  sequence integer default 0 not null,
  created_at timestamptz default current_timestamp not null,
  updated_at timestamptz,
  constraint "bazaar-vid_message_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index message_project_idx on "bazaar-vid_message" (project_id);
create index message_sequence_idx on "bazaar-vid_message" (project_id, sequence);

create table "bazaar-vid_image_analysis" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  trace_id text not null,
  image_urls jsonb not null,
  palette jsonb not null,
  mood text,
  processing_time_ms integer,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_image_analysis_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index image_analysis_project_idx on "bazaar-vid_image_analysis" (project_id);
create index image_analysis_trace_idx on "bazaar-vid_image_analysis" (trace_id);

create table "bazaar-vid_asset" (
  id uuid primary key default gen_random_uuid(),
  user_id varchar(255) not null,
  kind asset_kind not null,
  url text not null,
  hash text not null,
  file_size bigint,
  deleted_at timestamptz,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_asset_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id)
);
create unique index asset_hash_idx on "bazaar-vid_asset" (user_id, hash) where deleted_at is null;

create table "bazaar-vid_project_asset" (
  project_id uuid not null,
  asset_id uuid not null,
  added_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_project_asset_pk" primary key (project_id, asset_id),
  constraint "bazaar-vid_project_asset_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade,
  constraint "bazaar-vid_project_asset_asset_id_bazaar-vid_asset_id_fk" foreign key (asset_id) references "bazaar-vid_asset" (id) on delete cascade
);

create table "bazaar-vid_custom_component" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  effect text not null,
  tsx_code text,
  status varchar(50) default 'pending' not null,
  retry_count integer default 0 not null,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_custom_component_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index custom_component_project_idx on "bazaar-vid_custom_component" (project_id);
create index custom_component_status_idx on "bazaar-vid_custom_component" (status);

create table "bazaar-vid_animation_design" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  scene_id uuid not null,
  design_data jsonb not null,
  status varchar(50) default 'pending' not null,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_animation_design_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index animation_design_data_gin on "bazaar-vid_animation_design" using gin (design_data);

create table "bazaar-vid_template" (
  id uuid primary key default gen_random_uuid(),
  name varchar(255) not null,
  category varchar(100),
  tsx_code text not null,
  adoption_count integer default 0 not null,
  is_active boolean default true not null,
  created_by varchar(255),
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_template_name_unique" unique (name),
  constraint "bazaar-vid_template_created_by_bazaar-vid_user_id_fk" foreign key (created_by) references "bazaar-vid_user" (id) on delete set null
);
create index template_category_idx on "bazaar-vid_template" (lower(category));

create table "bazaar-vid_template_usage" (
  id uuid primary key default gen_random_uuid(),
  template_id uuid not null,
  user_id varchar(255) not null,
  project_id uuid not null,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_template_usage_template_id_bazaar-vid_template_id_fk" foreign key (template_id) references "bazaar-vid_template" (id) on delete cascade,
  constraint "bazaar-vid_template_usage_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id) on delete cascade
);
create index template_usage_template_idx on "bazaar-vid_template_usage" (template_id);

create table "bazaar-vid_shared_video" (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null,
  user_id varchar(255) not null,
  title varchar(255),
  is_public boolean default true not null,
  view_count integer default 0 not null,
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_shared_video_project_id_bazaar-vid_project_id_fk" foreign key (project_id) references "bazaar-vid_project" (id) on delete cascade
);
create index shared_video_user_idx on "bazaar-vid_shared_video" (user_id);

create table "bazaar-vid_user_credits" (
  user_id varchar(255) primary key,
  daily_credits integer default 20 not null,
  purchased_credits integer default 0 not null check (purchased_credits >= 0),
  updated_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_user_credits_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id) on delete cascade
);

create table "bazaar-vid_credit_transaction" (
  id uuid primary key default gen_random_uuid(),
  user_id varchar(255) not null,
  type varchar(50) not null,
  amount integer not null,
  price numeric(10,2),
  stripe_payment_id varchar(255),
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_credit_transaction_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id) on delete cascade
);
create index credit_transaction_user_idx on "bazaar-vid_credit_transaction" (user_id);
create index credit_transaction_created_idx on "bazaar-vid_credit_transaction" (created_at desc);

create table "bazaar-vid_email_subscriber" (
  id bigint generated by default as identity primary key,
  email varchar(255) not null,
  status varchar(50) default 'active' not null,
  subscribed_at timestamptz default current_timestamp not null,
  unsubscribed_at timestamptz,
  constraint "bazaar-vid_email_subscriber_email_unique" unique (email)
);

create table "bazaar-vid_feedback" (
  id uuid primary key default gen_random_uuid(),
  user_id varchar(255),
  content text not null,
  rating smallint check (rating between 1 and 5),
  created_at timestamptz default current_timestamp not null,
  constraint "bazaar-vid_feedback_user_id_bazaar-vid_user_id_fk" foreign key (user_id) references "bazaar-vid_user" (id) on delete set null
);

create table "bazaar-vid_api_usage_metric" (
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
create index api_usage_metric_provider_idx on "bazaar-vid_api_usage_metric" (provider);
create index api_usage_metric_created_idx on "bazaar-vid_api_usage_metric" (created_at);
