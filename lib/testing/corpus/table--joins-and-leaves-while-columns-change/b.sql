CREATE TABLE m (id text NOT NULL, at date NOT NULL, note text DEFAULT 'new') PARTITION BY RANGE (at);
CREATE TABLE m_2020 (id text NOT NULL, at date NOT NULL);
CREATE TABLE m_2021 PARTITION OF m FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE p (a text, c integer, b text, CONSTRAINT filled CHECK (b <> ''), CONSTRAINT more CHECK (c > 1));
CREATE TABLE h (a bigint, b text);
CREATE TABLE k (a text, b text, CONSTRAINT filled CHECK (b <> '')) INHERITS (p);
