-- Notifies workers that a message is due.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION tell_message()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('tenantry_changes', 'notification_logs ' || NEW.type);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER tell_again AFTER UPDATE OF status ON notification_logs
    FOR EACH ROW
    WHEN (NEW.is_ready AND (NEW.status = 'queued'::text) AND (OLD.status <> ALL (ARRAY['queued'::text, 'sending'::text])))
    EXECUTE FUNCTION tell_message();

CREATE OR REPLACE TRIGGER tell_message AFTER INSERT ON notification_logs
    FOR EACH ROW
    WHEN (NEW.is_ready AND (NEW.sent_by IS NULL))
    EXECUTE FUNCTION tell_message();
