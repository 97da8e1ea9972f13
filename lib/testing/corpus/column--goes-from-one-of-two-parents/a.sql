CREATE TABLE coded (code text, label text);
CREATE TABLE priced (code text, price numeric);
CREATE TABLE goods (id bigint) INHERITS (coded, priced);
CREATE TABLE bound (k integer NOT NULL, gone text) PARTITION BY LIST (k);
CREATE TABLE bound_1 PARTITION OF bound FOR VALUES IN (1);
CREATE TABLE fees (code text CONSTRAINT asked CHECK (code <> ''));
CREATE TABLE rates (code text CONSTRAINT asked CHECK (code <> ''));
CREATE TABLE both_of_them (id bigint) INHERITS (fees, rates);
