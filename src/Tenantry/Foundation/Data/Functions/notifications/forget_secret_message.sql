-- Removes the texts of a secret message (a link or code) once it is sent or has failed.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION forget_secret_message()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.subject := NULL;
    NEW.body := NULL;
    NEW.html_body := NULL;
    NEW.sealed_text := NULL;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER forget_secret_message BEFORE INSERT OR UPDATE ON notification_logs
    FOR EACH ROW
    WHEN (NEW.is_secret AND NEW.status NOT IN ('queued', 'sending') AND NOT (NEW.status = 'sent' AND NEW.transport IS NOT DISTINCT FROM 'mailbox'))
    EXECUTE FUNCTION forget_secret_message();
