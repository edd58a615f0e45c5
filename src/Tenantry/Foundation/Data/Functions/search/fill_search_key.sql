-- Stores the search key of a row beside its texts, whichever statement and release writes them.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION fill_search_key()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'users' THEN
        NEW.search_key := public.search_key(concat_ws(' ', NEW.email, NEW.first_name, NEW.last_name));
    ELSE
        NEW.search_key := public.search_key(NEW.file_name);
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER fill_search_key BEFORE INSERT OR UPDATE OF email, first_name, last_name, search_key ON users
    FOR EACH ROW EXECUTE FUNCTION fill_search_key();

CREATE OR REPLACE TRIGGER fill_search_key BEFORE INSERT OR UPDATE OF file_name, search_key ON files
    FOR EACH ROW EXECUTE FUNCTION fill_search_key();
