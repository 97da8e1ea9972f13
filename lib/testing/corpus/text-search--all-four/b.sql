create text search dictionary d (template = pg_catalog.simple, accept = false);
create text search configuration c (parser = pg_catalog.default);
alter text search configuration c add mapping for word, asciiword with d, english_stem;
create text search configuration fresh (copy = pg_catalog.english);
