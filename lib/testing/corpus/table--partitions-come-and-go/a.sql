create table m (id int not null, d date not null, note text) partition by range (d);
create table m_2020 partition of m for values from ('2020-01-01') to ('2021-01-01');
create table m_rest partition of m default;
create table joined (id int not null, k int) partition by list (k); create table joining (id int not null, k int); create index joining_id on joining (id); alter table joining add constraint joining_key primary key (id, k); create table joined_ref (id int, k int);
