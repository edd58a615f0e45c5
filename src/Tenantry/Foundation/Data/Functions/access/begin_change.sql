-- Begins a change: checks that the caller may still make it, and sets caller and tenant of the transaction.
--
-- Callers: ActingCaller.cs
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   as demand_caller

CREATE OR REPLACE FUNCTION begin_change(
    acting_tenant uuid,
    of_tenant uuid,
    of_session uuid,
    of_user uuid,
    held text[])
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
    PERFORM demand_caller(of_tenant, of_session, of_user, held);
    PERFORM set_config('app.caller', of_session || ' ' || of_user || ' ' || of_tenant, true),
            set_config('app.caller_roles', roles_of_caller(of_tenant, of_user), true),
            set_config('app.current_tenant_id', acting_tenant::text, true);
END
$$;
