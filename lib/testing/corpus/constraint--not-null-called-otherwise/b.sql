CREATE TABLE t (id int CONSTRAINT chosen NOT NULL, code text NOT NULL, note text);
CREATE TABLE a_table_whose_name_takes_nearly_all_of_what_a_name_may_take (a_column_with_a_rather_long_name int CONSTRAINT short NOT NULL, another_column_with_a_long_name int NOT NULL NO INHERIT);
CREATE TABLE had (id int NOT NULL, code text NOT NULL NO INHERIT);
ALTER TABLE had RENAME TO u;
