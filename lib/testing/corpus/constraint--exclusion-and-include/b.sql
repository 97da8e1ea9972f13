create table t (during tsrange, k int, constraint once exclude using gist (during with &&) where (k > 0), constraint u unique (k) include (during) with (fillfactor = 70) deferrable);
