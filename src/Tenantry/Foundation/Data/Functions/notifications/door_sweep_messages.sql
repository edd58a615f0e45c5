-- Deletes finished messages past the retention period, in batches.
--
-- Callers: ExpiredRows.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_notification_logs_age; message_counts is scanned until the batch is full

CREATE OR REPLACE FUNCTION door_sweep_messages(before timestamptz, most integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted integer;
    batch integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('tenantry.sweep_messages')) THEN
        RETURN 0; -- another instance is sweeping
    END IF;
    DELETE FROM public.notification_logs WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.notification_logs
        WHERE status NOT IN ('queued', 'sending') AND created_at < least(before, now() - interval '1 day') LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    DELETE FROM public.message_counts WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.message_counts WHERE day < (now() - interval '400 days')::date LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT;
    RETURN deleted + batch;
END
$$;
