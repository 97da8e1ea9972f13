CREATE TABLE public.parts (k integer NOT NULL, old text, CONSTRAINT short CHECK (length(old) < 50)) PARTITION BY LIST (k);
CREATE TABLE public.rest PARTITION OF public.parts DEFAULT;
