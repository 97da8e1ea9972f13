CREATE TABLE public.parts (k integer NOT NULL, new text DEFAULT 'n', more boolean, CONSTRAINT short CHECK (length(new) < 50)) PARTITION BY LIST (k);
CREATE TABLE public.rest PARTITION OF public.parts DEFAULT;
