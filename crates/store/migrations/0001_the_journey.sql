-- The journey of a policyholder: from a policy in the book to a session.
--
-- Times are milliseconds since 1970, days are YYYY-MM-DD, identifiers are 16 bytes, hashes of tokens 32. Document and
-- policy numbers are text, because they may have more digits than an integer holds.

create table migration (
    version integer not null primary key,
    name text not null,
    hash blob not null
) strict;

create table account (
    id blob not null primary key,
    document text not null,
    discriminator text not null,
    email text not null,
    password text not null,
    pepper integer not null,
    password_set_at integer not null,
    opened_at integer not null,
    unique (document, discriminator)
) strict, without rowid;

create table session (
    token blob not null primary key,
    account blob not null references account (id),
    opened_at integer not null,
    seen_at integer not null
) strict, without rowid;

create index session_of_account on session (account);

-- The text of a key is nowhere: it is derived from this row and a secret outside the database.
create table key (
    id blob not null primary key,
    nonce blob not null,
    secret integer not null,
    purpose text not null check (purpose in ('register', 'recover')),
    document text not null,
    discriminator text not null,
    account blob references account (id),
    email text,
    browser blob not null,
    issued_at integer not null,
    expires_at integer,
    own_tries integer not null,
    other_tries integer not null,
    spent_at integer,
    killed_at integer
) strict, without rowid;

create index key_of_document on key (document, issued_at);
create index key_of_browser on key (browser, issued_at);

create table flow (
    id blob not null primary key,
    purpose text not null check (purpose in ('register', 'recover')),
    document text not null,
    discriminator text,
    email text,
    browser blob not null,
    asked_at integer not null,
    resolved_at integer,
    key blob references key (id),
    unique (browser, purpose)
) strict, without rowid;

create index flow_to_resolve on flow (asked_at) where resolved_at is null;

-- The outbox. `due_at` is when a letter may be claimed: the time of its next attempt or, while somebody has it, the end
-- of their lease.
create table letter (
    id blob not null primary key,
    kind text not null,
    flow blob references flow (id) on delete set null,
    key blob references key (id),
    account blob references account (id),
    document text not null,
    recipient text not null,
    queued_at integer not null,
    state text not null check (state in ('waiting', 'accepted', 'refused', 'dropped')),
    attempts integer not null,
    next_at integer,
    due_at integer,
    server text,
    reply text,
    settled_at integer
) strict, without rowid;

create index letter_in_state on letter (state, due_at);
create index letter_of_key on letter (key, queued_at) where key is not null;
create index letter_of_flow on letter (flow) where flow is not null;

-- The policy book, as the insurer's file says it. `number_key` is what equal numbers share, however they are written.
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
    primary key (document, line, number_key)
) strict, without rowid;

create table book (
    id integer not null primary key check (id = 1),
    policies integer not null,
    holders integer not null,
    loaded_at integer not null
) strict;

create table book_line (
    line text not null primary key
) strict, without rowid;
