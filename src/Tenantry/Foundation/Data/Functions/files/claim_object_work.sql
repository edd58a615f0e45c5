-- Claims entries of a queue of stored objects (removals, scans) under a lease, one of each tenant in turn. The tenant
-- is the part of the object key before the slash.
--
-- Callers: ObjectQueue.cs
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   ix_object_removals_turn, ix_object_scans_turn

CREATE OR REPLACE FUNCTION claim_object_work(
    queue text,
    most integer,
    lease interval,
    served uuid,
    full_tenants uuid[])
RETURNS TABLE (id uuid, object_key text, store_upload text, attempts integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := clock_timestamp();
    one text := served::text;
    wrapped boolean := false;
    left_over integer := most;
    got integer;
BEGIN
    IF queue NOT IN ('object_removals', 'object_scans') THEN
        RAISE EXCEPTION 'unknown queue: %', queue;
    END IF;
    WHILE left_over > 0 LOOP
        EXECUTE format('SELECT split_part(q.object_key, ''/'', 1) FROM public.%I q WHERE split_part(q.object_key, ''/'', 1) COLLATE "C" > $1 ORDER BY split_part(q.object_key, ''/'', 1) COLLATE "C" LIMIT 1', queue)
            INTO one USING one;
        IF one IS NULL THEN
            EXIT WHEN wrapped;
            wrapped := true;
            one := '';
            CONTINUE;
        END IF;
        EXIT WHEN wrapped AND one COLLATE "C" > served::text;
        CONTINUE WHEN one = ANY (full_tenants::text[]);
        RETURN QUERY EXECUTE format('
            UPDATE public.%1$I n SET attempts = n.attempts + 1, due_at = $1 + $2
            WHERE n.ctid = ANY (ARRAY(SELECT q.ctid FROM public.%1$I q WHERE split_part(q.object_key, ''/'', 1) COLLATE "C" = $3 AND q.due_at <= $1 ORDER BY q.due_at LIMIT 1 FOR UPDATE SKIP LOCKED))
            RETURNING n.id, n.object_key, to_jsonb(n) ->> ''store_upload'', n.attempts', queue) USING at, lease, one;
        GET DIAGNOSTICS got = ROW_COUNT;
        left_over := left_over - got;
    END LOOP;
END
$$;
