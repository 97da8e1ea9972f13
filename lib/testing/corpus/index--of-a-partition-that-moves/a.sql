-- The old parent goes, or loses the index that its partition keeps, or gives the partition another bound.
CREATE TABLE old_days (k integer NOT NULL, day date) PARTITION BY LIST (k);
CREATE INDEX old_days_day ON old_days (day);
CREATE TABLE days_1 PARTITION OF old_days FOR VALUES IN (1);
CREATE TABLE kept (k integer NOT NULL, c integer) PARTITION BY LIST (k);
CREATE INDEX kept_c ON kept (c);
CREATE TABLE kept_1 PARTITION OF kept FOR VALUES IN (1);
CREATE TABLE bound (k integer NOT NULL, c integer) PARTITION BY LIST (k);
CREATE INDEX bound_c ON bound (c);
CREATE TABLE bound_1 PARTITION OF bound FOR VALUES IN (1);
-- To another table between it and the partitioned one that has the index.
CREATE TABLE deep (k integer NOT NULL, c integer) PARTITION BY RANGE (k);
CREATE INDEX deep_c ON deep (c);
CREATE TABLE deep_a PARTITION OF deep FOR VALUES FROM (1) TO (9) PARTITION BY LIST (k);
CREATE TABLE deep_1 PARTITION OF deep_a FOR VALUES IN (1);
