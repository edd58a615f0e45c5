-- Queues the stored object and parts of an announced upload for removal when its row is deleted.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: inserts only

CREATE OR REPLACE FUNCTION remove_upload()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.object_removals (id, object_key, store_upload, attempts, due_at, bytes)
    VALUES (gen_random_uuid(), OLD.object_key, OLD.store_upload, 0, now(), OLD.file_size);
    -- A part that was being sent when the upload ended may arrive later.
    INSERT INTO public.object_removals (id, object_key, store_upload, attempts, due_at)
    SELECT gen_random_uuid(), OLD.object_key, OLD.store_upload, 0, again
    FROM unnest(ARRAY[now() + interval '2 minutes', OLD.expires_at + interval '1 minute']) AS again WHERE OLD.expires_at > now();
    PERFORM pg_notify('tenantry_changes', 'object_removals due');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER remove_upload AFTER DELETE ON file_uploads
    FOR EACH ROW EXECUTE FUNCTION remove_upload();
