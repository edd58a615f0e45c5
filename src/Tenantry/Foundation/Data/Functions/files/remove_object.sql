-- Queues the stored object of a deleted file for removal.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: inserts only

CREATE OR REPLACE FUNCTION remove_object()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.object_removals (id, object_key, attempts, due_at, bytes, counts_from)
    VALUES (gen_random_uuid(), OLD.file_key, 0, now(), OLD.file_size, now() + interval '1 minute');
    PERFORM pg_notify('tenantry_changes', 'object_removals due');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER remove_object AFTER DELETE ON files
    FOR EACH ROW EXECUTE FUNCTION remove_object();
