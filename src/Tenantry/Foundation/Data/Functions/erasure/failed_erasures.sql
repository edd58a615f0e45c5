-- Returns which erasures of the given tenants failed, the reason, and the time of the next attempt. Rows are returned
-- for the tenant of the transaction itself, or for all where that is the tenant platform.
--
-- Callers: GetTenant.cs, ListTenants.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_tenants

CREATE OR REPLACE FUNCTION failed_erasures(of_tenants uuid[])
RETURNS TABLE (id uuid, attempts integer, failed_at timestamptz, reason text, next_attempt_at timestamptz)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT t.id, t.erasure_attempts, t.erasure_failed_at, t.erasure_reason, t.erasure_next_at
FROM public.tenants t
WHERE t.id = ANY (of_tenants) AND t.erasure_failed_at IS NOT NULL
  AND (t.id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid
       OR EXISTS (SELECT FROM public.tenants p WHERE p.slug = 'platform' AND p.id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid))
$$;
