-- Each names the other: what the view's rule writes to holds rows of the view.
CREATE TABLE behind (a integer);
CREATE VIEW before_it AS SELECT a FROM behind;
CREATE TABLE kept_rows (had before_it);
CREATE RULE keeps AS ON UPDATE TO before_it DO INSTEAD INSERT INTO kept_rows VALUES (old);
