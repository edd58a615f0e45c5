-- Queues the stored part of a resumable upload for removal when its row is deleted.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: inserts only

CREATE OR REPLACE FUNCTION remove_part()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.object_removals (id, object_key, attempts, due_at, bytes) VALUES (gen_random_uuid(), OLD.object_key, 0, now(), OLD.size);
    PERFORM pg_notify('tenantry_changes', 'object_removals due');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER remove_part AFTER DELETE ON resumable_parts
    FOR EACH ROW EXECUTE FUNCTION remove_part();
