-- Returns which of the given tenants' erasures failed, why, and when they are tried again: for the tenant itself, or
-- while the transaction acts in the tenant platform.
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
