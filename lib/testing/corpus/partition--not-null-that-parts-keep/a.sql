-- Partitions ask every row, and their table no longer: NOT NULL comes to all of them as it is on the table.
CREATE TABLE kept (a int, b int) PARTITION BY LIST (a);
ALTER TABLE kept ADD CONSTRAINT notnull_con NOT NULL a NOT VALID;
CREATE TABLE kept_1 PARTITION OF kept FOR VALUES IN (1,2);
CREATE TABLE kept_2(a int, CONSTRAINT nn2 NOT NULL a, b int);
ALTER TABLE kept ATTACH PARTITION kept_2 FOR VALUES IN (3,4);
CREATE TABLE kept_3(a int, b int);
ALTER TABLE kept_3 add CONSTRAINT nn3 NOT NULL a NOT VALID;
ALTER TABLE kept ATTACH PARTITION kept_3 FOR VALUES IN (NULL,5);
ALTER TABLE kept ALTER COLUMN a SET NOT NULL;
