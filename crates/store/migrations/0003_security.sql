-- What keeps strangers out and owners in: limits, known browsers, held keys, changes of address, requests about personal
-- data, and the audit trail.

-- A bucket of tokens: the time at which it will be full again. A bucket that is full has no row.
create table limit_bucket (
    subject text not null primary key,
    full_at integer not null
) strict, without rowid;

create index limit_bucket_full on limit_bucket (full_at);

-- The browsers in which an account's password was set or used.
create table device (
    account blob not null references account (id),
    token blob not null,
    browser text not null,
    first_seen_at integer not null,
    seen_at integer not null,
    primary key (account, token)
) strict, without rowid;

create index device_of_token on device (token);
create index device_seen on device (seen_at);

-- Since when an account's password opens nothing, because its holder said that it was not them who set it.
alter table account add column locked_at integer;

create index session_opened on session (opened_at);
alter table session add column browser text not null default 'unknown';
-- When the password was typed last in the session; what is sensitive asks for it again.
alter table session add column proven_at integer not null default 0;

-- The token of the device that asked, by which an account may know it.
alter table flow add column device blob;

-- Until when a key waits, because the book has another address for its holder.
alter table flow add column held_until integer;
-- The address on file that the key goes to instead of the typed one.
alter table flow add column on_file text;
alter table key add column held_until integer;

-- The form by which mailboxes are compared, who caused the letter, and when it leaves, so that nobody's is filled.
alter table letter add column mailbox text not null default '';
alter table letter add column cause text not null default 'stranger';
alter table letter add column leaves_at integer not null default 0;
-- The browser that the letter tells of.
alter table letter add column browser text;

-- When whoever got the letter said that they did not cause it.
alter table letter add column disowned_at integer;

create index letter_disowned on letter (document, disowned_at) where disowned_at is not null;
create index letter_of_mailbox on letter (mailbox, leaves_at);
create index letter_of_account on letter (account, queued_at) where account is not null;

-- A change of an account's address. The key that confirms it is derived from this row, as other keys are from theirs.
create table email_change (
    id blob not null primary key,
    account blob not null references account (id),
    old_email text not null,
    new_email text not null,
    nonce blob not null,
    secret integer not null,
    asked_at integer not null,
    expires_at integer not null,
    tries integer not null,
    confirmed_at integer,
    ended_at integer
) strict, without rowid;

create index email_change_of_account on email_change (account, asked_at);

-- The corrections of their data that people ask for, and by when the law wants an answer (Ley 25.326).
create table data_request (
    id blob not null primary key,
    account blob not null,
    document text not null,
    text text not null,
    asked_at integer not null,
    due_on text not null,
    answered_at integer
) strict, without rowid;

create index data_request_of_account on data_request (account, asked_at);
create index data_request_open on data_request (due_on) where answered_at is null;

-- An account that is closed is looked for in all that may hang on it.
create index key_of_account on key (account) where account is not null;

-- The audit trail, each record bound to the one before by `hash`. An address is bound by its hash with chance, so that it
-- can be taken out later and the chain still holds.
create table audit (
    number integer not null primary key,
    at integer not null,
    event text not null,
    actor text not null,
    document text,
    account blob,
    browser text,
    detail text not null,
    address text,
    address_chance blob,
    address_hash blob,
    hash blob not null
) strict;

create index audit_of_document on audit (document, number) where document is not null;
create index audit_of_account on audit (account, number) where account is not null;
create index audit_with_address on audit (at) where address is not null;

create table audit_head (
    id integer not null primary key check (id = 1),
    number integer not null,
    hash blob not null
) strict;
