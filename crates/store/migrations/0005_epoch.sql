-- When the database was last put back from a backup. What was sent before opens nothing any more.
create table epoch (
    id integer not null primary key check (id = 1),
    raised_at integer not null
) strict;
