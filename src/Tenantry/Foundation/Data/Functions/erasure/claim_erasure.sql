-- Claims one tenant whose grace period has ended, under a lease: no other instance gets it until the lease ends.
-- Tenants whose erasure never failed come first.
--
-- Callers: TenantErasure.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   none: reads the row of every tenant

CREATE OR REPLACE FUNCTION claim_erasure(before timestamptz, lease interval)
RETURNS TABLE (id uuid, slug text)
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
UPDATE public.tenants t SET erasure_next_at = now() + lease
WHERE t.id = (SELECT d.id FROM public.tenants d
              WHERE d.deleted_at <= least(before, now()) AND NOT d.is_active AND d.slug <> 'platform' AND (d.erasure_next_at IS NULL OR d.erasure_next_at <= now())
              ORDER BY d.erasure_attempts, d.deleted_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING t.id, t.slug
$$;
