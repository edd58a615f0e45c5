-- Returns the role ids of a user as one text, to detect whether they changed during a request.
--
-- Callers: begin_change.sql, demand_caller.sql
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   pk_user_roles

CREATE OR REPLACE FUNCTION roles_of_caller(of_tenant uuid, of_user uuid)
RETURNS text
LANGUAGE sql
STABLE
SET search_path TO 'public', 'pg_temp'
AS $$
SELECT coalesce(string_agg(a.role_id::text, ' ' ORDER BY a.role_id), '') FROM user_roles a WHERE a.tenant_id = of_tenant AND a.user_id = of_user
$$;
