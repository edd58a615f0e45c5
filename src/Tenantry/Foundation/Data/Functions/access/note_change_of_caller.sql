-- Records in the transaction that it changed rows on which the rights of its caller depend, so that the check at the
-- end does not refuse that change.
--
-- Callers: tell_change.sql, tell_standing.sql
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION note_change_of_caller(changed text, in_table text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF changed = ANY (string_to_array(current_setting('app.caller', true), ' '))
       AND coalesce(current_setting('app.caller_changed', true), '') NOT LIKE '% ' || in_table || ' %' THEN
        PERFORM set_config('app.caller_changed', coalesce(current_setting('app.caller_changed', true), '') || ' ' || in_table || ' ', true);
    END IF;
END
$$;
