-- Lists tenants, newest first, by cursor. Returns rows only while the transaction acts in the tenant platform.
--
-- Callers: ListTenants.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_tenants

CREATE OR REPLACE FUNCTION door_list_tenants(
    before uuid,
    take integer,
    name_part text,
    slug_start text,
    in_tier text,
    active boolean)
RETURNS TABLE (
    id uuid,
    name text,
    slug text,
    custom_domain text,
    custom_domain_verified_at timestamptz,
    subscription_tier text,
    rate_limit_per_minute integer,
    is_active boolean,
    registration text,
    verification_required boolean,
    mail_on_new_device boolean,
    session_idle_days integer,
    session_days integer,
    allowed_origins text[],
    sender_name text,
    sender_address text,
    metadata jsonb,
    created_at timestamptz,
    updated_at timestamptz,
    deleted_at timestamptz)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT t.id, t.name, t.slug, t.custom_domain, t.custom_domain_verified_at, t.subscription_tier, t.rate_limit_per_minute,
       t.is_active, t.registration, t.verification_required, t.mail_on_new_device, t.session_idle_days, t.session_days,
       t.allowed_origins, t.sender_name, t.sender_address, t.metadata, t.created_at, t.updated_at, t.deleted_at
FROM public.tenants t
WHERE EXISTS (SELECT FROM public.tenants p
              WHERE p.slug = 'platform' AND p.id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
  AND t.id < coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  AND (name_part IS NULL OR strpos(public.search_key(t.name), public.search_key(name_part)) > 0)
  AND (slug_start IS NULL OR starts_with(t.slug, slug_start))
  AND (in_tier IS NULL OR t.subscription_tier = in_tier)
  AND (active IS NULL OR t.is_active = active)
ORDER BY t.id DESC
LIMIT take
$$;
