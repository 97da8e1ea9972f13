-- What the role of the web process and of the worker may do (the user of CONTROL_DATABASE_URL). Run after every migration, as the owner.
-- It is not the owner: it can neither switch a trigger off nor change what is append-only.
revoke create on schema public from public;
grant usage on schema public to :"app";
revoke all on all tables in schema public from :"app";
grant select on all tables in schema public to :"app";
grant insert on person, person_role, snapshot, decision, plan, plan_version, evidence, approval, change_request, run, run_event, worker, audit_entry, sign_in_throttle, source_text, drift, drift_check, rehearsal, plan_text, lint_result to :"app";
grant insert on manual_confirmation, policy_version to :"app";
grant insert on source_archive to :"app";
grant insert on break_glass to :"app";
grant update (state, answered_by, answered_at, comment) on break_glass to :"app";
grant insert on comment, comment_mention, thread_state, thread_lost to :"app";
grant insert, update on plan_seen to :"app";
grant insert, update on follow_up to :"app";
grant insert, update on scheduled_start, draft_check, exact_count to :"app";
grant update on rehearsal, drift, drift_check, person, decision, plan, approval, change_request, run, worker, sign_in_throttle to :"app";
grant delete on person_role, worker, sign_in_throttle, snapshot to :"app";
grant insert, update on api_token to :"app";
grant insert on notice, webhook, delivery, delivery_attempt, notification_choice to :"app";
grant update (spread_at, person_id, reason, version_to, last_at) on notice to :"app";
grant update (disabled_at) on webhook to :"app";
grant update (state) on delivery to :"app";
grant update (mail) on notification_choice to :"app";
grant execute on all functions in schema public to :"app";

-- The queue that wakes workers is pg-boss's own schema; correctness does not rest on it.
grant usage on schema pgboss to :"app";
grant select, insert, update, delete on all tables in schema pgboss to :"app";
grant usage on all sequences in schema pgboss to :"app";
grant execute on all functions in schema pgboss to :"app";
