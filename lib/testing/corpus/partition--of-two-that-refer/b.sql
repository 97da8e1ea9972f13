CREATE TABLE public.parents (
  k integer NOT NULL
) PARTITION BY RANGE (k);
CREATE TABLE public.children (
  k integer NOT NULL,
  parent integer
) PARTITION BY RANGE (parent);
ALTER TABLE public.parents ADD CONSTRAINT parents_key PRIMARY KEY (k);
ALTER TABLE public.children ADD CONSTRAINT to_parents FOREIGN KEY (parent) REFERENCES public.parents (k) ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE public.first PARTITION OF public.children (k DEFAULT 3) FOR VALUES FROM (340) TO (350);
ALTER TABLE public.parents REPLICA IDENTITY FULL;
ALTER TABLE public.first REPLICA IDENTITY FULL;
