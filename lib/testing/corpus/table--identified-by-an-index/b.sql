CREATE TABLE stays (id bigint NOT NULL, code text NOT NULL);
CREATE UNIQUE INDEX stays_id ON stays (id);
ALTER TABLE stays REPLICA IDENTITY USING INDEX stays_id;
