-- The key of a partitioned table that some partition has no part of: neither side has all of them.
CREATE TABLE joins (a integer, PRIMARY KEY (a)) PARTITION BY RANGE (a);
CREATE TABLE joins_1 PARTITION OF joins FOR VALUES FROM (0) TO (10);
CREATE TABLE becomes_part (a integer NOT NULL) PARTITION BY RANGE (a);
CREATE TABLE becomes_part_1 (a integer NOT NULL CONSTRAINT part_key PRIMARY KEY);
ALTER TABLE becomes_part ATTACH PARTITION becomes_part_1 FOR VALUES FROM (0) TO (10);
CREATE TABLE becomes_part_2 PARTITION OF becomes_part FOR VALUES FROM (10) TO (20);
ALTER TABLE ONLY becomes_part ADD CONSTRAINT whole_key PRIMARY KEY (a);
CREATE TABLE fills (a integer NOT NULL) PARTITION BY RANGE (a);
CREATE TABLE fills_1 PARTITION OF fills FOR VALUES FROM (0) TO (10);
CREATE TABLE fills_2 PARTITION OF fills FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (a);
CREATE TABLE fills_2_1 PARTITION OF fills_2 FOR VALUES FROM (10) TO (15);
ALTER TABLE ONLY fills ADD CONSTRAINT fills_key UNIQUE (a);
CREATE TABLE keeps (a integer NOT NULL, b integer) PARTITION BY RANGE (a);
CREATE TABLE keeps_1 (a integer NOT NULL, b integer, CONSTRAINT keeps_1_key UNIQUE (a));
ALTER TABLE keeps ATTACH PARTITION keeps_1 FOR VALUES FROM (0) TO (10);
ALTER TABLE ONLY keeps ADD CONSTRAINT keeps_key UNIQUE (a);
