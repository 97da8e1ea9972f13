-- A table that is written anew while no value of it could be long forgets its toast table, and what was set for that.
CREATE TABLE swapped (key bigint PRIMARY KEY, one text NOT NULL, two character varying(40)) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE TABLE one_goes (id integer PRIMARY KEY, one text) WITH (toast.vacuum_truncate = false);
CREATE TABLE computed (id integer PRIMARY KEY, one text GENERATED ALWAYS AS (id || 'a') STORED) WITH (toast.autovacuum_vacuum_threshold = 7, toast.vacuum_truncate = false);
CREATE TABLE changed (key bigint PRIMARY KEY, one text NOT NULL, two character varying(40)) WITH (toast.vacuum_truncate = false, toast.autovacuum_vacuum_threshold = 7);
CREATE TABLE stays (id integer PRIMARY KEY, one text, two jsonb) WITH (toast.vacuum_truncate = false);
CREATE TYPE mood AS ENUM ('good', 'bad', 'gone');
CREATE TABLE moods (key bigint PRIMARY KEY, moods mood[]) WITH (toast.vacuum_truncate = false);
