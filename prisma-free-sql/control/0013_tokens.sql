-- Tokens of the HTTP API. Only the hash of a token is kept; whose it is decides what it may read, and no token ever approves.
create table api_token (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person,
  name text not null check (btrim(name) <> '' and length(name) <= 100),
  -- sha256 of the whole token: 256 random bits need no slow hash
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  -- its first characters, by which people tell tokens apart
  prefix text not null check (prefix ~ '^cs_[A-Za-z0-9_-]{6}$'),
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'plan:write']),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
  revoked_at timestamptz,
  revoked_by uuid references person,
  last_used_at timestamptz,
  -- requests since the start of the current minute, for the limit
  window_started_at timestamptz not null default now(),
  window_uses integer not null default 0,
  check ((revoked_at is null) = (revoked_by is null))
);
create index api_token_by_person on api_token (person_id, created_at);
create trigger api_token_not_deleted before delete or truncate on api_token for each statement execute function forbid_change();

-- A token may be used and be revoked, once; nothing else of it ever changes.
create function only_use_or_revocation() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['revoked_at', 'revoked_by', 'last_used_at', 'window_started_at', 'window_uses'];
begin
  if old.revoked_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) then
    raise exception 'a token does not change, and a revoked one stays revoked' using errcode = 'CS012';
  end if;
  return new;
end $$;
create trigger api_token_only_use before update on api_token for each row execute function only_use_or_revocation();

-- Who acts is said by every command at the start of its transaction (lib/store/acting.ts): `countersign.signed_in` names the person of
-- a session in a browser, `countersign.token` the token of a request. Approving and starting a run demand the first and forbid the second.
-- Whoever forgets to say it is refused as well: a way for tokens that nobody thought of ends here.
create function refuse_without_session() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare who uuid := case tg_table_name when 'approval' then (to_jsonb(new) ->> 'person_id')::uuid else (to_jsonb(new) ->> 'requested_by')::uuid end;
begin
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> who::text then
    raise exception 'only a person who is signed in approves a phase or starts a run, never a token' using errcode = 'CS011';
  end if;
  return new;
end $$;
-- Named to come after the rules of 0002, whose refusals say more to a person.
create trigger approval_of_session before insert on approval for each row execute function refuse_without_session();
create trigger run_of_session before insert on run for each row execute function refuse_without_session();

-- People, their roles and tokens are no business of a token either, but commands of an administrator write them without a session.
create function refuse_token() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if coalesce(current_setting('countersign.token', true), '') <> '' then
    raise exception 'a token changes no people, no roles and no tokens' using errcode = 'CS011';
  end if;
  return null;
end $$;
create trigger person_not_by_token before insert or update on person for each statement execute function refuse_token();
create trigger person_role_not_by_token before insert or update or delete on person_role for each statement execute function refuse_token();
create trigger api_token_not_by_token before insert or update on api_token for each statement execute function refuse_token();
