-- Deletes the row of a tenant after its other rows are erased.
--
-- Callers: TenantErasure.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_tenants

CREATE OR REPLACE FUNCTION door_purge_tenant(of_tenant uuid, before timestamptz)
RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM public.tenants t WHERE t.id = of_tenant AND t.deleted_at <= before AND NOT t.is_active;
    RETURN FOUND;
END
$$;
