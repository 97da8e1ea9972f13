-- One scan over all rows of a table, without a column. It is walked through with MOVE FORWARD n FROM countersign_walk, whose answer says how many rows it passed; the
-- sum is the exact number of rows. A cursor is never scanned in parallel.
declare countersign_walk no scroll cursor for select from :"table"
