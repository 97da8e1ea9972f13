-- Which rehearsal an approval signed, and which the digest of a run covers; null: none. What was signed before this file signed none.
alter table approval add column rehearsal_id uuid references rehearsal;
alter table run add column rehearsal_id uuid references rehearsal;

-- Only a rehearsal of the same plan that came to a verdict can be signed: one under way would change after the signature.
create function only_finished_rehearsal() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.rehearsal_id is not null and not exists (
       select from public.rehearsal where id = new.rehearsal_id and plan_id = new.plan_id and state in ('proved', 'differs', 'failed')) then
    raise exception 'an approval signs a finished rehearsal of its own plan' using errcode = 'CS005';
  end if;
  return new;
end $$;
create trigger approval_signs_rehearsal before insert on approval for each row execute function only_finished_rehearsal();
create trigger run_signs_rehearsal before insert on run for each row execute function only_finished_rehearsal();
