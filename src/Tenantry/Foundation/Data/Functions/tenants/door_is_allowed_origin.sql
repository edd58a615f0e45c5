-- Returns whether any tenant lists an origin: a CORS preflight does not name its tenant. Deactivated tenants count,
-- because their pages must be able to read the response that says so.
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
SELECT EXISTS (SELECT FROM public.tenants t WHERE origin = ANY (t.allowed_origins))
$$;
