-- Whether a table or column that went and one that came are one object under two names: two more answers, each about the id of a rename
-- (`rename:<from>→<to>`). Once taken, the rename is a difference of its own and can be answered like any other, so both may stand.

alter table decision drop constraint decision_verdict_check;
alter table decision add constraint decision_verdict_check check (verdict in ('not_needed', 'later', 'keep', 'renamed', 'not_renamed'));
alter table decision add constraint decision_rename_check check (verdict not in ('renamed', 'not_renamed') or delta_id like 'rename:%→%');
drop index decision_one_standing;
create unique index decision_one_standing on decision (current_database, desired_database, delta_id, (verdict in ('renamed', 'not_renamed'))) where withdrawn_at is null;
