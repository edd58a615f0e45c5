-- Deletes entries of the queues mail_requests, object_removals and object_scans that failed before a given time, in
-- batches.
--
-- Callers: ExpiredRows.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_object_removals_due, ix_object_scans_due; mail_requests is short and read completely

CREATE OR REPLACE FUNCTION sweep_failed_work(before timestamptz, most integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted integer := 0;
    batch integer;
BEGIN
    DELETE FROM public.mail_requests m WHERE m.ctid = ANY (ARRAY(SELECT q.ctid FROM public.mail_requests q WHERE q.failed_at < before LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT;
    deleted := deleted + batch;
    DELETE FROM public.object_removals r WHERE r.ctid = ANY (ARRAY(SELECT q.ctid FROM public.object_removals q WHERE q.due_at = 'infinity' AND q.failed_at < before LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT;
    deleted := deleted + batch;
    DELETE FROM public.object_scans s WHERE s.ctid = ANY (ARRAY(SELECT q.ctid FROM public.object_scans q WHERE q.due_at = 'infinity' AND q.failed_at < before LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT;
    RETURN deleted + batch;
END
$$;
