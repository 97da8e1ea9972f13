import type { Rename } from '#lib/pipeline/rename.ts';

/** A parent, its heirs and its partitions, with what each has of its own over the columns that it inherits. */
export const familySchema = (days: string, label: string, item: string, code: string): string => `
  create table public.${days} (k integer not null, ${label} text not null constraint labelled check (${label} <> ''), primary key (k, ${label})) partition by list (${label});
  create table public.one partition of public.${days} for values in ('one');
  create table public.two partition of public.${days} for values in ('two') partition by range (${label});
  create table public.two_deep partition of public.two for values from ('a') to ('z');
  create index ${days}_${label}_idx on public.${days} (${label});
  create index one_own on public.one (lower(${label})) where ${label} <> 'label';
  create unique index two_deep_${label}_only on public.two_deep (${label});
  comment on column public.one.${label} is 'label';
  grant select (${label}) on public.two_deep to public;
  create view public.over_one as select ${label} as shown from public.one;
  create table public.refers (k integer, word text, constraint refers_to foreign key (k, word) references public.${days} (k, ${label}));
  create table public.${item} (${code} integer generated always as identity, k integer, constraint coded check (${code} > 0));
  create table public.heir (own text) inherits (public.${item});
  create table public.grandchild () inherits (public.heir);
  create index heir_own on public.heir (${code}, own);
  create policy theirs on public.grandchild using (${code} > k);
`;

/** From `familySchema('days', 'label', 'items', 'code')` to `familySchema('dates', 'title', 'things', 'number')`. */
export const FAMILY_RENAMES: readonly Rename[] = [
  { from: 'table:public.days', to: 'table:public.dates' },
  { from: 'column:public.dates.label', to: 'column:public.dates.title' },
  { from: 'table:public.items', to: 'table:public.things' },
  { from: 'column:public.things.code', to: 'column:public.things.number' },
];
