-- Policy may demand that those who sign a phase which removes rows come from different groups (`distinctGroups`). A person belongs to one group, by its plain name,
-- or to none, which counts as no group at all. A signature keeps the group that its signer had when signing: moving people afterwards adds no eyes.
alter table person add column group_name text not null default '' check (group_name = btrim(group_name) and length(group_name) <= 60);
alter table approval add column group_name text not null default '';

create function sign_with_group() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  new.group_name := coalesce((select p.group_name from public.person p where p.id = new.person_id), '');
  return new;
end $$;
create trigger approval_with_group before insert on approval for each row execute function sign_with_group();

-- As in 0016, and different groups where rows go. Where the glass was broken (0021_signed_later) no signatures are counted, and neither are groups.
create or replace function refuse_against_policy() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  policy jsonb;
  demanded integer;
  there integer;
begin
  if new.kind <> 'forward' then
    return new;
  end if;
  select document into policy from public.policy_version order by number desc limit 1;
  if exists (select 1 from jsonb_to_recordset(coalesce(policy -> 'freezes', '[]')) as f("from" timestamptz, "to" timestamptz, databases jsonb)
             where f."from" <= clock_timestamp() and clock_timestamp() < f."to"
               and (jsonb_typeof(f.databases) is distinct from 'array' or f.databases ? new.target_database)) then
    raise exception '% is frozen', new.target_database using errcode = 'CS032';
  end if;
  if new.approvals_needed < coalesce((policy ->> 'approvals')::integer, 1) then
    raise exception 'policy demands % approvals', policy ->> 'approvals' using errcode = 'CS006';
  end if;
  demanded := coalesce((policy ->> 'distinctGroups')::integer, 1);
  if demanded > 1 and new.break_glass_id is null
     and exists (select 1 from public.plan_version v, jsonb_array_elements(v.document -> 'phases') as phase
                 where v.plan_id = new.plan_id and v.version = new.version and phase ->> 'id' = new.phase_id and (phase ->> 'destructive')::boolean) then
    select count(distinct a.group_name) into there from public.approval a join public.person p on p.id = a.person_id
    where a.plan_id = new.plan_id and a.phase_id = new.phase_id and a.digest = new.digest and a.group_name <> ''
      and a.voided_at is null and a.expires_at > now() and p.disabled_at is null
      and not exists (select 1 from public.plan_version v where v.plan_id = a.plan_id and v.edited_by = a.person_id);
    if there < demanded then
      raise exception 'signed by % of % groups', there, demanded using errcode = 'CS036';
    end if;
  end if;
  return new;
end $$;
