-- Queues a file for the malware scan.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: inserts only

CREATE OR REPLACE FUNCTION scan_object()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.object_scans (id, object_key, attempts, due_at) VALUES (gen_random_uuid(), NEW.file_key, 0, now());
    PERFORM pg_notify('tenantry_changes', 'object_scans due');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER scan_object AFTER INSERT OR UPDATE OF scan ON files
    FOR EACH ROW
    WHEN (NEW.scan = 'pending'::text)
    EXECUTE FUNCTION scan_object();
