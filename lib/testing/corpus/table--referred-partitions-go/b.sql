create table moved (id bigint, place int, primary key (id, place)) partition by list (place);
create table moved_1 partition of moved for values in (1);
create table reader (id bigint, place int, foreign key (id, place) references moved);
create table kept (i int);
