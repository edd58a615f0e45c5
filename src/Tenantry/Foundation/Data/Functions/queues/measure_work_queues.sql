-- Returns for each work queue the number of due and of failed entries, and the age of the oldest due entry.
--
-- Callers: QueueFigures.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_object_removals_due, ix_object_scans_due; mail_requests is short and read completely

CREATE OR REPLACE FUNCTION measure_work_queues()
RETURNS TABLE (queue text, depth bigint, age double precision, failed bigint)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT 'mail_requests', count(*) FILTER (WHERE d.due_at <= now()), coalesce(extract(epoch FROM max(now() - d.due_at) FILTER (WHERE d.due_at <= now()))::double precision, 0), count(d.failed_at)
FROM (SELECT m.due_at, m.failed_at FROM public.mail_requests m LIMIT 100000) d
UNION ALL
SELECT 'object_removals', (SELECT count(*) FROM (SELECT FROM public.object_removals q WHERE q.due_at <= now() LIMIT 100000) d),
       coalesce((SELECT extract(epoch FROM now() - q.due_at)::double precision FROM public.object_removals q WHERE q.due_at <= now() ORDER BY q.due_at LIMIT 1), 0),
       (SELECT count(*) FROM (SELECT FROM public.object_removals q WHERE q.due_at = 'infinity' LIMIT 100000) d)
UNION ALL
SELECT 'object_scans', (SELECT count(*) FROM (SELECT FROM public.object_scans q WHERE q.due_at <= now() LIMIT 100000) d),
       coalesce((SELECT extract(epoch FROM now() - q.due_at)::double precision FROM public.object_scans q WHERE q.due_at <= now() ORDER BY q.due_at LIMIT 1), 0),
       (SELECT count(*) FROM (SELECT FROM public.object_scans q WHERE q.due_at = 'infinity' LIMIT 100000) d)
$$;
