-- Returns a JSON value for an answer, or a marker where the value is larger than allowed.
--
-- Callers: ListTenants.cs, ListUsers.cs, TenantDb.cs
-- Rights:  the caller's own; EXECUTE: tenantry_serving, tenantry_doors
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION shown_json(value jsonb, most integer)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE WHEN json_is_bounded(value, most) THEN value ELSE jsonb_build_object('$withheld', 'It is larger than ' || most || ' bytes.') END
$$;
