CREATE TABLE numbers (a bigint, b integer, c text);
CREATE STATISTICS of_both (dependencies) ON a, b FROM numbers;
ALTER STATISTICS of_both OWNER TO statistician;
COMMENT ON STATISTICS of_both IS 'they go together';
