-- Purpose: whether a table holds the same rows as at another moment: their number and the sum of their hashes, whatever their order and that of
-- the columns. jsonb writes its keys in one order, and numbers with all their digits.
-- Lock: ACCESS SHARE on the table. Reads every row.
select count(*)::float8 as rows, coalesce(sum(pg_catalog.hashtextextended(pg_catalog.to_jsonb(t)::text, 0)), 0)::text as hash
from only :"table" t;
