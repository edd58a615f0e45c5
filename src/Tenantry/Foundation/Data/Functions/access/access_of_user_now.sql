-- Calls access_of_user with a new snapshot. A statement that waited for a lock would otherwise see the roles as of its
-- own start.
--
-- Callers: SignIn.cs
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   as access_of_user

CREATE OR REPLACE FUNCTION access_of_user_now(of_user uuid)
RETURNS TABLE (role text, permissions text[])
LANGUAGE plpgsql
ROWS 1
SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
    RETURN QUERY SELECT a.role, a.permissions FROM access_of_user(of_user) a;
END
$$;
