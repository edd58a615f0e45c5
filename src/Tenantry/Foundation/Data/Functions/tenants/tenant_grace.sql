-- Returns how long a deleted tenant is kept before it may be erased. "tenantry migrate" sets the value from
-- TENANT_PURGE_AFTER_DAYS. The serving role cannot change it.
--
-- Callers: ErasureFigures.cs, ProofTenant.cs, TenantErasure.cs, TenantGrace.cs; erase_rows.sql; policies below
-- Rights:  the caller's own; EXECUTE: tenantry_serving, tenantry_doors
-- Index:   none: no table is read

DO $do$
BEGIN
    -- Only where it is missing: an existing value was set by the operator.
    IF to_regprocedure('tenant_grace()') IS NULL THEN
        CREATE FUNCTION tenant_grace()
        RETURNS interval
        LANGUAGE sql
        STABLE
        SET search_path = pg_catalog, pg_temp
        AS $$ SELECT interval '30 days' $$;
    END IF;
END
$do$;

-- Whatever time a caller passes, only a tenant that was deleted that long ago can be erased, and never the platform.
-- Restrictive, because a caller may act as the tenant, whose own policy permits changes of its row. A policy of a role
-- applies to its members too, and the owner is a member, so the policy checks current_user.
DROP POLICY IF EXISTS erasure_begins ON tenants;
CREATE POLICY erasure_begins ON tenants AS RESTRICTIVE FOR UPDATE TO tenantry_doors
    USING (current_user <> 'tenantry_doors' OR (deleted_at <= now() - tenant_grace() AND NOT is_active AND slug <> 'platform'));
DROP POLICY IF EXISTS erasure_ends ON tenants;
CREATE POLICY erasure_ends ON tenants AS RESTRICTIVE FOR DELETE TO tenantry_doors
    USING (current_user <> 'tenantry_doors' OR (erasing_at IS NOT NULL AND deleted_at <= now() - tenant_grace() AND NOT is_active AND slug <> 'platform'));
