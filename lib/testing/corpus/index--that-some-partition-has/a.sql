-- The index of the partitioned table is invalid, because one of the partitions does not have it.
CREATE TABLE t (k integer NOT NULL, c integer) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF t FOR VALUES FROM (300) TO (310);
CREATE INDEX i ON ONLY t (c);
CREATE TABLE p2 PARTITION OF t FOR VALUES FROM (490) TO (500);
