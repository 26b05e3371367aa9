-- The document of a session's account, so that who checks a session reads one row. Portals that do not know the column
-- leave it empty.
alter table session add column document text;

-- The oldest schema whose programs may still work with the one that this migration made; empty where none may.
alter table migration add column works_with integer;
