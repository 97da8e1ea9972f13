-- The heir is to have a column from its new parent alone, and the parent has had it for long.
CREATE TABLE stood (seen date, by_whom text DEFAULT 'me');
CREATE TABLE seen_things (id integer);
INSERT INTO seen_things VALUES (1);
CREATE TABLE like_it (id integer, seen date, by_whom text DEFAULT 'me');
