-- A partitioned table with partitions joins another that has a key and an index: its own of them are valid before that.
CREATE TABLE days (day integer PRIMARY KEY, note text) PARTITION BY RANGE (day);
CREATE INDEX days_note ON days (note);
CREATE TABLE days_of_old PARTITION OF days FOR VALUES FROM (0) TO (1000);
CREATE TABLE new_days (day integer NOT NULL, note text) PARTITION BY RANGE (day);
CREATE TABLE new_days_1 PARTITION OF new_days FOR VALUES FROM (4000) TO (4500);
CREATE TABLE new_days_2 PARTITION OF new_days FOR VALUES FROM (4500) TO (5000) PARTITION BY RANGE (day);
CREATE TABLE new_days_2_1 PARTITION OF new_days_2 FOR VALUES FROM (4500) TO (4600);
INSERT INTO new_days VALUES (4001, 'a'), (4501, 'b');
