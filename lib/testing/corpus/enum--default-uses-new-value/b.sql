create type mood as enum ('low', 'sad', 'fine', 'ok', 'happy');
create table t (id int, m mood default 'happy', n mood not null default 'low', check (m <> 'fine'));
create view v as select * from t where m = 'happy';
