-- Columns that are computed when they are read, constraints that are not enforced or not validated yet, keys over periods, names of NOT NULL, publications of computed columns.
CREATE EXTENSION btree_gist;
CREATE TABLE computed (a integer, b integer, v integer GENERATED ALWAYS AS (a + 1) VIRTUAL, w integer GENERATED ALWAYS AS (a + 2) VIRTUAL);
CREATE TABLE parts (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE sources (a integer PRIMARY KEY);
CREATE TABLE loose (a integer CONSTRAINT above CHECK (a > 1), b integer CONSTRAINT from_source REFERENCES sources);
CREATE TABLE asked (a integer, b integer, c integer);
CREATE TABLE heir () INHERITS (asked);
CREATE TABLE stays (id integer, during daterange);
CREATE DOMAIN word AS text;
CREATE DOMAIN code AS text CONSTRAINT "A code" NOT NULL;
CREATE DOMAIN digit AS integer CONSTRAINT given NOT NULL;
CREATE PUBLICATION news FOR TABLE computed WITH (publish_generated_columns = none);

-- Heirs that stood when their parents began to ask: their rows were not asked either.
create table asks (a int, b int);
create table stood (c int) inherits (asks);
create table below (a int, constraint all_asked not null b) inherits (stood);
create table below_too () inherits (stood);
alter table asks add constraint not_all not null a not valid;
alter table stood add constraint not_all_b not null b not valid;
create table came_later () inherits (asks);
create table new_asks (x int);
create table new_heir () inherits (new_asks);
alter table new_asks add constraint new_not_all not null x not valid;
-- The server's own names, cut where they would be too long.
create table a_table_with_quite_a_long_name_for_orders (the_moment_at_which_it_was_last_touched int not null, made int constraint asked_too not null);
create domain what_somebody_wrote_beside_the_order_at_that_very_moment as text not null;
