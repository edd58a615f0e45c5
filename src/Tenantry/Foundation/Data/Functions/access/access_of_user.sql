-- Returns the name of a user's most derived role and the user's effective permissions: those of the assigned roles and
-- of all their parent roles.
--
-- Callers: TokenStateCache.cs, UserAccess.cs; access_of_user_now.sql, demand_caller.sql, rotate_refresh_token.sql
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   pk_tenants, pk_user_roles, pk_roles, pk_role_permissions, pk_permissions

CREATE OR REPLACE FUNCTION access_of_user(of_user uuid)
RETURNS TABLE (role text, permissions text[])
LANGUAGE plpgsql
STABLE ROWS 1
SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE chain AS (
        SELECT r.tenant_id, r.id AS assigned, r.id, r.parent_id
        FROM user_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
        WHERE a.user_id = of_user
        UNION
        SELECT c.tenant_id, c.assigned, p.id, p.parent_id
        FROM chain c JOIN roles p ON p.tenant_id = c.tenant_id AND p.id = c.parent_id
    )
    SELECT coalesce((SELECT r.name FROM (SELECT c.tenant_id, c.assigned, count(*) AS length FROM chain c GROUP BY c.tenant_id, c.assigned) AS held
                     JOIN roles r ON r.tenant_id = held.tenant_id AND r.id = held.assigned
                     WHERE lower(regexp_replace(normalize(r.name, NFKC), '\s', '', 'g')) <> 'platformadministrator'
                        OR EXISTS (SELECT FROM tenants t WHERE t.id = r.tenant_id AND t.slug = 'platform')
                     ORDER BY held.length DESC, r.name LIMIT 1), ''),
           ARRAY(SELECT DISTINCT p.name
                 FROM chain c JOIN role_permissions g ON g.tenant_id = c.tenant_id AND g.role_id = c.id JOIN permissions p ON p.id = g.permission_id
                 ORDER BY p.name);
END
$$;
