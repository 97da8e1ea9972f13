-- A partition with a key or an index of its own that could be taken for the one that is part of its parent's.
CREATE TABLE jobs (k integer NOT NULL) PARTITION BY HASH (k);
CREATE TABLE jobs_0 (k integer NOT NULL);
ALTER TABLE jobs ATTACH PARTITION jobs_0 FOR VALUES WITH (MODULUS 5, REMAINDER 0);
ALTER TABLE jobs ADD CONSTRAINT jobs_k PRIMARY KEY (k) DEFERRABLE;
ALTER TABLE jobs_0 ADD CONSTRAINT a_twin UNIQUE (k) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE jobs_0 REPLICA IDENTITY NOTHING;
CREATE TABLE tags (k integer NOT NULL, tag text) PARTITION BY LIST (k);
CREATE TABLE tags_1 PARTITION OF tags FOR VALUES IN (1);
CREATE INDEX tags_tag ON tags (tag);
CREATE INDEX a_tag ON tags_1 (tag);
CREATE TABLE notes (k integer NOT NULL, job integer, UNIQUE (k)) PARTITION BY LIST (k);
CREATE TABLE notes_1 PARTITION OF notes FOR VALUES IN (1);
ALTER TABLE notes_1 ADD CONSTRAINT a_note UNIQUE (k);
ALTER TABLE notes_1 ADD CONSTRAINT a_parent FOREIGN KEY (job) REFERENCES notes_1 (k);
-- Both tables stand already, and only who belongs to whom differs.
CREATE TABLE days (k integer NOT NULL, tag text) PARTITION BY LIST (k);
CREATE TABLE days_1 PARTITION OF days FOR VALUES IN (1);
ALTER TABLE days ADD CONSTRAINT days_k UNIQUE (k);
CREATE INDEX days_tag ON days (tag);
ALTER TABLE days_1 ADD CONSTRAINT a_day UNIQUE (k);
CREATE INDEX a_day_tag ON days_1 (tag);
