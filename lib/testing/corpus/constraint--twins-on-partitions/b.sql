CREATE TABLE days (k integer NOT NULL, tag text) PARTITION BY LIST (k);
ALTER TABLE days ADD CONSTRAINT days_k UNIQUE (k);
CREATE INDEX days_tag ON days (tag);
CREATE TABLE days_1 (k integer NOT NULL, tag text);
ALTER TABLE days_1 ADD CONSTRAINT a_day UNIQUE (k);
CREATE INDEX a_day_tag ON days_1 (tag);
ALTER TABLE days_1 ADD CONSTRAINT days_1_k_key UNIQUE (k);
CREATE INDEX days_1_tag_idx ON days_1 (tag);
