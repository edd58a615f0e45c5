-- Counts tenants that are due for erasure, and those whose erasure failed.
--
-- Callers: ErasureFigures.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   none: reads the row of every tenant

CREATE OR REPLACE FUNCTION measure_erasures(before timestamptz)
RETURNS TABLE (due bigint, failing bigint)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT count(*), count(*) FILTER (WHERE t.erasure_failed_at IS NOT NULL)
FROM public.tenants t WHERE t.deleted_at <= least(before, now()) AND NOT t.is_active AND t.slug <> 'platform'
$$;
