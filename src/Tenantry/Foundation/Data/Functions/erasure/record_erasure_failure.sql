-- Records why an erasure failed. The pause before the next attempt is one minute, and doubles each time up to one hour.
--
-- Callers: TenantErasure.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_tenants

CREATE OR REPLACE FUNCTION record_erasure_failure(of_tenant uuid, reason text)
RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE public.tenants t
    SET erasure_attempts = t.erasure_attempts + 1, erasure_failed_at = now(), erasure_reason = left(reason, 500),
        erasure_next_at = now() + least(interval '1 hour', interval '1 minute' * power(2, least(t.erasure_attempts, 10)))
    WHERE t.id = of_tenant AND t.deleted_at IS NOT NULL AND NOT t.is_active AND t.slug <> 'platform';
    RETURN FOUND;
END
$$;
