create table m (id bigint not null, d date not null, note varchar(30) not null default 'n') partition by range (d);
create table m_2020 partition of m for values from ('2020-01-01') to ('2021-01-01');
create table m_rest partition of m default;
alter table m add column added text default 'x' not null;
alter table m_rest alter added set default 'y';
