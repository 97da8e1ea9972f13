CREATE TABLE m (id integer, at date) PARTITION BY LIST (id);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
ALTER TABLE m ADD CONSTRAINT m_all UNIQUE (id) WITH (fillfactor=70);
CREATE TABLE once (id integer, at date);
