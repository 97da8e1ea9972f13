-- Columns that are computed when they are read, constraints that are not enforced or not validated yet, keys over periods, names of NOT NULL, publications of computed columns.
CREATE EXTENSION btree_gist;
CREATE TABLE computed (a integer, b integer, v integer GENERATED ALWAYS AS (a + 3) VIRTUAL, w integer GENERATED ALWAYS AS (a + 2) STORED, c integer GENERATED ALWAYS AS (a + b) VIRTUAL);
CREATE TABLE parts (a integer, b integer CONSTRAINT b_given NOT NULL) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
ALTER TABLE parts_1 ADD CONSTRAINT own NOT NULL a;
CREATE TABLE sources (a integer PRIMARY KEY);
CREATE TABLE loose (a integer CONSTRAINT above CHECK (a > 1) NOT ENFORCED, b integer CONSTRAINT from_source REFERENCES sources NOT ENFORCED);
ALTER TABLE loose ADD CONSTRAINT hoped CHECK (b > 1) NOT ENFORCED;
CREATE TABLE asked (a integer, b integer CONSTRAINT b_here NOT NULL NO INHERIT, c integer CONSTRAINT c_given NOT NULL);
CREATE TABLE heir () INHERITS (asked);
ALTER TABLE asked ADD CONSTRAINT a_some_day NOT NULL a NOT VALID;
COMMENT ON CONSTRAINT c_given ON asked IS 'given';
CREATE TABLE stays (id integer, during daterange, CONSTRAINT once PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE meals (id integer, stay integer, during daterange, FOREIGN KEY (stay, PERIOD during) REFERENCES stays (id, PERIOD during), UNIQUE (id, during WITHOUT OVERLAPS));
CREATE DOMAIN word AS text CONSTRAINT said NOT NULL;
CREATE DOMAIN code AS text NOT NULL;
CREATE DOMAIN digit AS integer CONSTRAINT asked_for NOT NULL;
CREATE PUBLICATION news FOR TABLE computed WITH (publish_generated_columns = stored);

create table asks (a int, b int);
create table stood (c int) inherits (asks);
create table a_table_with_quite_a_long_name_for_orders (the_moment_at_which_it_was_last_touched int constraint asked not null, made int not null);
create domain what_somebody_wrote_beside_the_order_at_that_very_moment as text constraint said_too not null;
