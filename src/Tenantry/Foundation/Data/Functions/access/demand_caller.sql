-- Raises an error unless session, user and tenant of the caller are active and the user still has the permissions that
-- admitted the request.
--
-- Callers: ActingCaller.cs; begin_change.sql
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   pk_tenants, pk_sessions, pk_users, as roles_of_caller

CREATE OR REPLACE FUNCTION demand_caller(of_tenant uuid, of_session uuid, of_user uuid, held text[])
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'public', 'pg_temp'
AS $$
DECLARE
    own text := coalesce(current_setting('app.caller_changed', true), '');
BEGIN
    -- A platform administrator may act in another tenant, but is a user of the tenant platform.
    PERFORM set_config('app.current_tenant_id', of_tenant::text, true);
    IF own NOT LIKE '% tenants %' AND NOT EXISTS (SELECT FROM tenants t WHERE t.id = of_tenant AND t.is_active) THEN
        RAISE EXCEPTION USING ERRCODE = 'TN012', MESSAGE = 'the tenant of the caller is inactive';
    END IF;
    IF own NOT LIKE '% users %' AND NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = of_tenant AND u.id = of_user AND u.is_active) THEN
        RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = 'the user of the caller is deleted or inactive';
    END IF;
    IF own NOT LIKE '% sessions %'
       AND NOT EXISTS (SELECT FROM sessions s WHERE s.tenant_id = of_tenant AND s.id = of_session AND s.user_id = of_user AND s.revoked_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = 'the session of the caller has ended';
    END IF;
    -- A caller who changes a role may lose a permission by that change, but not by a concurrent removal of the role.
    IF cardinality(held) > 0 AND own NOT LIKE '% user_roles %'
       AND NOT held <@ (SELECT a.permissions FROM access_of_user(of_user) a)
       AND NOT ((own LIKE '% roles %' OR own LIKE '% role_permissions %') AND roles_of_caller(of_tenant, of_user) = current_setting('app.caller_roles', true)) THEN
        RAISE EXCEPTION USING ERRCODE = 'TN011', MESSAGE = 'the caller lost a permission';
    END IF;
END
$$;
