-- Who can make an account, or set its password, can be whoever signs with it. Which people did that for whom is kept here, written by a trigger that nobody goes around, and
-- policy may demand (`accountDays`) that such an account signs nothing that its maker wrote before so many days have passed, in which somebody can notice it.
create table account_made (
  person_id uuid not null references person,
  made_by uuid not null references person,
  what text not null check (what in ('account', 'password', 'address')),
  made_at timestamptz not null default clock_timestamp(),
  check (person_id <> made_by)
);
create index account_made_by_person on account_made (person_id, made_at);
create trigger account_made_append_only before update or delete or truncate on account_made for each statement execute function forbid_change();

-- As its owner: the role of the web process writes nothing into this table by itself. What is done at a terminal has nobody who is signed in.
create function note_maker() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare who text := coalesce(current_setting('countersign.signed_in', true), '');
begin
  if who = '' or who = new.id::text then
    return new;
  end if;
  if tg_op = 'INSERT' then
    insert into public.account_made (person_id, made_by, what) values (new.id, who::uuid, 'account');
  elsif new.password_hash is distinct from old.password_hash then
    insert into public.account_made (person_id, made_by, what) values (new.id, who::uuid, 'password');
  elsif new.email is distinct from old.email or new.oidc_subject is distinct from old.oidc_subject then
    insert into public.account_made (person_id, made_by, what) values (new.id, who::uuid, 'address');
  end if;
  return new;
end $$;
create trigger person_made_by after insert or update on person for each row execute function note_maker();

-- The days that are demanded now. A policy that demands less counts for this only after the days of the one before: else whoever may lay down policy takes the demand away, signs, and puts it back.
create function account_days() returns integer language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(max(v.days), 0) from (
    select (document ->> 'accountDays')::integer as days, lead(made_at) over (order by number) as until from public.policy_version
  ) v where v.days > 0 and (v.until is null or v.until > now() - make_interval(days => v.days))
$$;

-- The author of the plan who made this account or its password within these days, or the account of whoever did, and so on; null: none did.
create function made_by_author(person uuid, of_plan uuid, days integer) returns uuid language sql stable set search_path = pg_catalog, public, pg_temp as $$
  with recursive maker(id) as (
    select made_by_author.person
    union
    select m.made_by from maker join public.account_made m on m.person_id = maker.id where m.made_at > now() - make_interval(days => made_by_author.days)
  )
  select maker.id from maker where maker.id <> made_by_author.person and wrote_plan(maker.id, of_plan) limit 1
$$;

create function refuse_made_account() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  -- Behind whoever sets a password for this account at this moment.
  perform 1 from public.person p where p.id = new.person_id for share;
  if made_by_author(new.person_id, new.plan_id, account_days()) is not null then
    raise exception 'an author of the plan made this account or its password' using errcode = 'CS044';
  end if;
  return new;
end $$;
create trigger approval_not_by_made_account before insert on approval for each row execute function refuse_made_account();
