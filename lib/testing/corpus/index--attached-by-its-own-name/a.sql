create table p (id int, b int, constraint pk primary key (id)) partition by hash (id); create table p0 partition of p for values with (modulus 2, remainder 0); create table p1 partition of p for values with (modulus 2, remainder 1); create index pb on p (b);
-- The index of a table, of which the key of a partition is a part, and which goes.
create table q (id int, b int) partition by range (id); create table q1 partition of q (primary key (id)) for values from (0) to (10); create table q2 partition of q (unique (id)) for values from (10) to (20); create unique index q_once on q (id);
create table r (id int, b int) partition by range (id); create table r1 partition of r (primary key (id)) for values from (0) to (10);
create table s (id int, b int) partition by range (id); create table s1 partition of s (primary key (id)) for values from (0) to (10); create unique index s_once on s (id); create table s1_child (id int references s1);
