-- What a foreign key of a new partition is called before it is renamed: as the one that it comes with, on whichever level that one stands.
CREATE TABLE goods (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE sold (a integer, b integer, CONSTRAINT sold_goods FOREIGN KEY (a, b) REFERENCES goods ON DELETE CASCADE) PARTITION BY RANGE (a);
CREATE TABLE sold_late (a integer, b integer, CONSTRAINT late_goods FOREIGN KEY (a, b) REFERENCES goods ON DELETE CASCADE) PARTITION BY RANGE (b);
CREATE TABLE sold_late_0 PARTITION OF sold_late FOR VALUES FROM (0) TO (1);
