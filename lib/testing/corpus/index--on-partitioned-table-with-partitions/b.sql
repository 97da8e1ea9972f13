create table m (id int not null, d date not null, note text) partition by range (d);
create table m_2020 partition of m for values from ('2020-01-01') to ('2021-01-01');
create table m_rest partition of m default;
create index m_note on m (note);
alter index m_2020_note_idx rename to another_name;
create unique index m_key on m (id, d);
