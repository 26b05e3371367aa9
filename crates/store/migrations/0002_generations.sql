-- Generations of the policy book. The rows of each are in a file of its own beside the database; here is which there
-- are, and the one in use. What the tables of the first migration held is moved into a generation, and they go.

create table generation (
    number integer not null primary key,
    source text not null,
    sha256 blob,
    loaded_at integer not null,
    replaced integer,
    policies integer not null,
    holders integer not null,
    with_email integer not null,
    shared_addresses integer not null
) strict;

create table book_in_use (
    id integer not null primary key check (id = 1),
    generation integer not null references generation (number),
    switched_at integer not null
) strict;

-- Who finishes on a shared computer makes the portal forget what was begun with the key that was used there.
create index flow_of_key on flow (key) where key is not null;
