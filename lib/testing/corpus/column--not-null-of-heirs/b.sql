create table p (id int not null, asked int not null, ceases int, stays int not null);
create table h (own text) inherits (p);
alter table h alter asked set not null, alter stays set not null, alter ceases set not null, alter id set not null;
create table lone () inherits (p);
create table below () inherits (lone);
alter table below alter ceases set not null;
create table told (id int not null); create table heir_told (id int not null) inherits (told);
create table left_alone (id int not null, note text not null); create table leaves () inherits (left_alone); alter table leaves no inherit left_alone;
