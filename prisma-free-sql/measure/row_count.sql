-- Exact number of rows, read to the end. Reads under the table's own row security are switched off before (row_security = off fails
-- instead of counting only what the reader may see).
select count(*)::text as rows from :"table"
