-- What a table was called stays in the names that the server made for it.
CREATE TABLE was (id int NOT NULL, code text NOT NULL, note text NOT NULL);
ALTER TABLE was RENAME TO t;
CREATE TABLE a_table_whose_name_takes_nearly_all_of_what_a_name_may_take (a_column_with_a_rather_long_name int NOT NULL, another_column_with_a_long_name int NOT NULL);
CREATE TABLE u (id int CONSTRAINT chosen NOT NULL, code text CONSTRAINT asked NOT NULL NO INHERIT);
