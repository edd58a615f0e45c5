-- Sends a change notification with the kind and the id of a changed row, for caches and workers of all instances.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION tell_change()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('tenantry_changes', TG_TABLE_NAME || ' ' || coalesce(NEW.id, OLD.id) || ' ' || pg_current_xact_id());
    IF current_setting('app.caller', true) <> '' THEN
        PERFORM public.note_change_of_caller(coalesce(NEW.id, OLD.id)::text, TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER tell_change AFTER INSERT ON mail_requests
    FOR EACH ROW EXECUTE FUNCTION tell_change();

CREATE OR REPLACE TRIGGER tell_deletion AFTER DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION tell_change();

CREATE OR REPLACE TRIGGER tell_end AFTER UPDATE OF revoked_at ON sessions
    FOR EACH ROW
    WHEN ((OLD.revoked_at IS NULL) AND (NEW.revoked_at IS NOT NULL))
    EXECUTE FUNCTION tell_change();

CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR DELETE ON signing_keys
    FOR EACH ROW EXECUTE FUNCTION tell_change();

CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR DELETE OR UPDATE ON tenants
    FOR EACH ROW EXECUTE FUNCTION tell_change();
