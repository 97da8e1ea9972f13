CREATE TABLE lets_go (a integer NOT NULL) PARTITION BY RANGE (a);
CREATE TABLE lets_go_1 PARTITION OF lets_go FOR VALUES FROM (0) TO (10);
CREATE TABLE lets_go_3 PARTITION OF lets_go FOR VALUES FROM (10) TO (20);
CREATE INDEX lets_go_index ON ONLY lets_go (a);
CREATE INDEX lets_go_1_index ON lets_go_1 (a);
ALTER INDEX lets_go_index ATTACH PARTITION lets_go_1_index;
