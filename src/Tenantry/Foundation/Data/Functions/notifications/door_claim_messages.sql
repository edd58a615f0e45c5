-- Claims due messages of a channel under a lease, of each tenant in turn.
--
-- Callers: MessageQueue.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_notification_logs_ready, ix_notification_logs_due

CREATE OR REPLACE FUNCTION door_claim_messages(
    channel text,
    worker uuid,
    most integer,
    lease interval,
    served uuid,
    with_sealed boolean)
RETURNS TABLE (tenant_id uuid, id uuid, attempts integer)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := clock_timestamp();
    waiting uuid[] := '{}';
    more uuid[];
    one uuid := served;
    wrapped boolean := false;
    left_over integer := most;
    share integer;
    got integer;
BEGIN
    -- Messages that became due: scheduled ones, repeated ones, and those of a worker that ended.
    UPDATE public.notification_logs n SET status = 'queued', is_ready = true
    WHERE n.ctid = ANY (ARRAY(SELECT q.ctid FROM public.notification_logs q WHERE NOT q.is_ready AND q.status IN ('queued', 'sending') AND q.due_at <= at
                              ORDER BY q.due_at LIMIT 1000 FOR UPDATE SKIP LOCKED));

    -- Jumps from tenant to tenant along the index: the steps depend on the number of tenants, not of messages.
    WHILE cardinality(waiting) < most LOOP
        SELECT q.tenant_id INTO one FROM public.notification_logs q
        WHERE q.is_ready AND q.type = channel AND q.tenant_id > one AND (with_sealed OR q.sealed_text IS NULL) ORDER BY q.tenant_id LIMIT 1;
        IF one IS NULL THEN
            EXIT WHEN wrapped;
            wrapped := true;
            one := '00000000-0000-0000-0000-000000000000';
            CONTINUE;
        END IF;
        EXIT WHEN wrapped AND one > served;
        waiting := waiting || one;
    END LOOP;

    WHILE left_over > 0 AND cardinality(waiting) > 0 LOOP
        share := greatest(1, left_over / cardinality(waiting));
        more := '{}';
        FOREACH one IN ARRAY waiting LOOP
            EXIT WHEN left_over = 0;
            RETURN QUERY
            UPDATE public.notification_logs n SET status = 'sending', is_ready = false, worker_id = worker, attempts = n.attempts + 1, due_at = at + lease
            WHERE n.ctid = ANY (ARRAY(SELECT q.ctid FROM public.notification_logs q WHERE q.is_ready AND q.type = channel AND q.tenant_id = one AND (with_sealed OR q.sealed_text IS NULL)
                                      ORDER BY q.priority, q.id LIMIT least(share, left_over) FOR UPDATE SKIP LOCKED))
            RETURNING n.tenant_id, n.id, n.attempts;
            GET DIAGNOSTICS got = ROW_COUNT;
            left_over := left_over - got;
            IF got = share THEN
                more := more || one;
            END IF;
        END LOOP;
        waiting := more;
    END LOOP;
END
$$;
