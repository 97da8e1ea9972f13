create table t (during tsrange, k int);
