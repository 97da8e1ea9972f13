-- The server makes statistics anew when a column gets another type, and gives them to whoever changed it.
CREATE TABLE numbers (a integer, b integer, c text);
CREATE STATISTICS of_both (dependencies) ON a, b FROM numbers;
ALTER STATISTICS of_both OWNER TO statistician;
COMMENT ON STATISTICS of_both IS 'they go together';
