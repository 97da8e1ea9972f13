-- What heirs declare beside their parents, and what they have from them alone, while parents begin and cease to ask.
create table p (id int not null, asked int, ceases int not null, stays int not null);
create table h (own text) inherits (p);
alter table h alter asked set not null, alter stays set not null;
create table lone () inherits (p);
create table below () inherits (lone);
alter table below alter asked set not null;
-- The heir is told first, its parent later; and one that leaves.
create table told (id int); create table heir_told (id int not null) inherits (told);
create table left_alone (id int not null, note text not null); create table leaves () inherits (left_alone);
