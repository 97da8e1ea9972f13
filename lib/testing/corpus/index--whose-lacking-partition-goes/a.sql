-- An index that one partition has and another lacks, and that one goes: the way back may not give it the index by attaching it.
CREATE TABLE lets_go (a integer NOT NULL) PARTITION BY RANGE (a);
CREATE TABLE lets_go_1 PARTITION OF lets_go FOR VALUES FROM (0) TO (10);
CREATE TABLE lets_go_2 PARTITION OF lets_go FOR VALUES FROM (10) TO (20);
CREATE INDEX lets_go_index ON ONLY lets_go (a);
CREATE INDEX lets_go_1_index ON lets_go_1 (a);
ALTER INDEX lets_go_index ATTACH PARTITION lets_go_1_index;
-- All of its own partitions have a part, but that of one is not whole.
CREATE TABLE deep (a integer) PARTITION BY RANGE (a);
CREATE TABLE deep_2 PARTITION OF deep FOR VALUES FROM (100) TO (1000) PARTITION BY RANGE (a);
CREATE TABLE deep_21 PARTITION OF deep_2 FOR VALUES FROM (100) TO (200);
CREATE INDEX deep_2_index ON ONLY deep_2 (a);
CREATE INDEX deep_index ON deep (a);
