create table m (id int not null, d date not null, note text, primary key (id, d), check (id > 0)) partition by range (d);
create index m_note on m (note);
create table m_2020 (id int not null, note text, d date not null, constraint m_id_check check (id > 0));
alter table m attach partition m_2020 for values from ('2020-01-01') to ('2020-07-01');
create table m_late partition of m for values from ('2020-07-01') to ('2021-01-01') partition by list (id);
create table m_late_1 partition of m_late for values in (1, 2);
create table m_rest (id int not null, d date not null, note text);
create table joined (id int not null, k int, primary key (id, k)) partition by list (k); create index joined_id on joined (id); create table joining (id int not null, k int not null, constraint joining_key primary key (id, k)); create index joining_id on joining (id); alter table joined attach partition joining for values in (1, 2); create table joined_ref (id int, k int, foreign key (id, k) references joined on delete cascade);
