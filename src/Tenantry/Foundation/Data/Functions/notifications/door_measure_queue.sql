-- Returns the number of due messages of each channel, and the age of the oldest.
--
-- Callers: QueueFigures.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_notification_logs_ready

CREATE OR REPLACE FUNCTION door_measure_queue()
RETURNS TABLE (channel text, depth bigint, age double precision)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT c.channel, coalesce(m.depth, 0), coalesce(m.age, 0)
FROM unnest(ARRAY['email', 'sms', 'push']) AS c (channel)
     CROSS JOIN LATERAL (SELECT count(*) AS depth, extract(epoch FROM max(now() - d.due_at))::double precision AS age
                         FROM (SELECT n.due_at FROM public.notification_logs n WHERE n.type = c.channel AND n.is_ready AND n.due_at <= now() ORDER BY n.due_at LIMIT 100000) d) m
$$;
