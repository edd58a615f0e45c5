-- Returns the channels that have messages to send.
--
-- Callers: MessageQueue.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_notification_logs_ready, ix_notification_logs_due

CREATE OR REPLACE FUNCTION door_due_channels()
RETURNS TABLE (channel text)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT c.channel
    FROM unnest(ARRAY['email', 'sms', 'push']) AS c (channel)
    WHERE EXISTS (SELECT FROM public.notification_logs n WHERE n.is_ready AND n.type = c.channel)
          -- A claim of any channel makes all messages ready that have become due.
          OR EXISTS (SELECT FROM public.notification_logs n
                     WHERE NOT n.is_ready AND n.status IN ('queued', 'sending') AND n.due_at <= clock_timestamp());
END
$$;
