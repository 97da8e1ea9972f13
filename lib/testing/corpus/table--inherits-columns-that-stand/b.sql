CREATE TABLE stood (seen date, by_whom text DEFAULT 'me');
CREATE TABLE seen_things (id integer) INHERITS (stood);
CREATE TABLE like_it (id integer, seen date, by_whom text DEFAULT 'me') INHERITS (stood);
