create table m (id int not null, d date not null, note text) partition by range (d);
create table m_2020 partition of m for values from ('2020-01-01') to ('2021-01-01');
create table m_rest partition of m default;
create table other (id int primary key);
alter table m add constraint m_pk primary key (id, d);
alter table m add constraint m_other foreign key (id) references other on delete cascade;
alter table m add constraint m_check check (id > 0);
