-- Deletes announced and resumable uploads that were not completed in time, in batches.
--
-- Callers: ObjectRemovalWorker.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_file_uploads_expiry, ix_resumable_uploads_expiry

CREATE OR REPLACE FUNCTION door_sweep_uploads(most integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted integer;
    batch integer;
BEGIN
    DELETE FROM public.file_uploads WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.file_uploads WHERE expires_at < now() LIMIT most));
    GET DIAGNOSTICS deleted = ROW_COUNT;
    DELETE FROM public.resumable_uploads WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.resumable_uploads WHERE expires_at < now() LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT;
    RETURN deleted + batch;
END
$$;
