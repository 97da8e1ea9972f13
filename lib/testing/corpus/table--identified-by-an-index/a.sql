-- A new table, heir or partition that replication tells rows of by an index or a key of its own.
CREATE TABLE orders (id bigint NOT NULL, code text NOT NULL);
CREATE UNIQUE INDEX orders_code ON orders (code);
ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_code;
CREATE TABLE accounts (id bigint NOT NULL, code text NOT NULL, CONSTRAINT accounts_by_code UNIQUE (code));
ALTER TABLE accounts REPLICA IDENTITY USING INDEX accounts_by_code;
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY LIST (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
CREATE UNIQUE INDEX events_1_at ON events_1 (at, id);
ALTER TABLE events_1 REPLICA IDENTITY USING INDEX events_1_at;
CREATE TABLE parents (id bigint NOT NULL);
CREATE TABLE heirs (own bigint NOT NULL) INHERITS (parents);
CREATE UNIQUE INDEX heirs_own ON heirs (own);
ALTER TABLE heirs REPLICA IDENTITY USING INDEX heirs_own;
-- It stays, and gets another index for it.
CREATE TABLE stays (id bigint NOT NULL, code text NOT NULL);
CREATE UNIQUE INDEX stays_code ON stays (code);
ALTER TABLE stays REPLICA IDENTITY USING INDEX stays_code;
-- Another index, while what that one is over must have a value from then on, and what the old one is over need not.
CREATE TABLE changes_places (x integer NOT NULL, y integer);
CREATE UNIQUE INDEX by_x ON changes_places (x);
CREATE UNIQUE INDEX by_y ON changes_places (y);
ALTER TABLE changes_places REPLICA IDENTITY USING INDEX by_x;
CREATE TABLE comes_to_one (x integer, n integer);
CREATE UNIQUE INDEX comes_to_one_x ON comes_to_one (x);
-- Partitions join while the table gets the key by which their rows are told.
create table parted (id integer not null) partition by list (id); create table parted_one (id integer not null);
