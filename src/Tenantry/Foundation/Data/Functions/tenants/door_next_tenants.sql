-- Returns the ids of tenants after a given id, in order, so that background work can page through all tenants.
--
-- Callers: AllTenants.cs, Permission.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_tenants

CREATE OR REPLACE FUNCTION door_next_tenants(after uuid, most integer)
RETURNS TABLE (id uuid)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT t.id FROM public.tenants t WHERE t.id > after ORDER BY t.id LIMIT most
$$;
