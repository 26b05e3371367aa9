-- One generation of the policy book. It is written once, in the order of its key, and never changed.
-- `number_key` is what equal numbers share, however they are written; `previous` has one number to a line.

create table policy (
    document text not null,
    line text not null,
    number_key text not null,
    number text not null,
    starts_on text,
    ends_on text,
    state text,
    holder text not null,
    discriminator text not null,
    email text,
    previous text not null,
    primary key (document, line, number_key)
) strict, without rowid;

create table book_line (
    line text not null primary key
) strict, without rowid;

-- Addresses that more holders have than may be one person's, in lower case.
create table shared_address (
    address text not null primary key
) strict, without rowid;
