CREATE TABLE new_days (k integer NOT NULL, day date) PARTITION BY LIST (k);
CREATE INDEX new_days_day ON new_days (day);
CREATE TABLE days_1 PARTITION OF new_days FOR VALUES IN (1, 2);
CREATE TABLE kept (k integer NOT NULL, c integer) PARTITION BY LIST (k);
CREATE TABLE kept_1 (k integer NOT NULL, c integer);
CREATE INDEX kept_1_c_idx ON kept_1 (c);
CREATE TABLE bound (k integer NOT NULL, c integer) PARTITION BY LIST (k);
CREATE TABLE bound_1 PARTITION OF bound FOR VALUES IN (2);
