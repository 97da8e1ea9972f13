CREATE TABLE public.t (
  k integer NOT NULL,
  note character varying(40) NOT NULL,
  id uuid DEFAULT gen_random_uuid(),
  c "char"
) PARTITION BY HASH (c);
CREATE VIEW public.over AS SELECT t.k AS c1, t.note AS c2, t.id AS c3, t.c AS c4 FROM public.t t WHERE t.note <> 'none';
CREATE VIEW public.over_over AS SELECT t.c1 AS c1, t.c2 AS c2, t.c4 AS c3, count(*) OVER (PARTITION BY t.c2) AS n FROM public.over t;
CREATE POLICY reads ON public.t AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (char_length(note) > 2 AND EXISTS (SELECT FROM public.over_over o));
ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.t ALTER COLUMN c SET (n_distinct=-0.5);
