-- Returns whether any active tenant lists an origin: a CORS preflight does not name its tenant.
--
-- Callers: TenantDirectory.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   none: reads the row of every tenant; answers are cached

CREATE OR REPLACE FUNCTION door_is_allowed_origin(origin text)
RETURNS boolean
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT EXISTS (SELECT FROM public.tenants t WHERE t.is_active AND origin = ANY (t.allowed_origins))
$$;
