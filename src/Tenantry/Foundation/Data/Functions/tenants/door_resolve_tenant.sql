-- Finds a tenant by slug, verified custom domain or id, before a caller is authenticated.
--
-- Callers: TenantDirectory.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_tenants, ux_tenants_slug, ux_tenants_custom_domain

CREATE OR REPLACE FUNCTION door_resolve_tenant(by_slug text, by_domain text, by_id uuid)
RETURNS TABLE (
    id uuid,
    slug text,
    name text,
    is_active boolean,
    subscription_tier text,
    registration text,
    verification_required boolean,
    mail_on_new_device boolean,
    session_idle_days integer,
    session_days integer,
    allowed_origins text[],
    rate_limit_per_minute integer)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required,
       t.mail_on_new_device, t.session_idle_days, t.session_days, t.allowed_origins, t.rate_limit_per_minute
FROM public.tenants t
WHERE t.id = (SELECT x.id FROM public.tenants x WHERE x.id = by_id
              UNION ALL SELECT x.id FROM public.tenants x WHERE x.slug = by_slug
              UNION ALL SELECT x.id FROM public.tenants x WHERE x.custom_domain = by_domain AND x.custom_domain_verified_at IS NOT NULL
              LIMIT 1)
$$;
