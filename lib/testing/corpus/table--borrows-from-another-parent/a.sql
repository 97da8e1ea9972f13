-- What comes from parents alone does not when the parent is another, or stands in another place.
CREATE TABLE one (a integer);
CREATE TABLE two (b integer);
CREATE TABLE ordered () INHERITS (one, two);
CREATE TABLE first (k integer);
CREATE TABLE moved (own integer) INHERITS (first);
