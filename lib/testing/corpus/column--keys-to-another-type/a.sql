create table p (id text primary key);
create table c (id int, p text references p);
insert into p values ('6f1c3cbe-31f4-4c5f-a5c3-1b3f8f6d7c11');
insert into c values (1, '6f1c3cbe-31f4-4c5f-a5c3-1b3f8f6d7c11');
