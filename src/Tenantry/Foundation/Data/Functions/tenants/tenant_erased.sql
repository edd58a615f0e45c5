-- Records the id of an erased tenant.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   pk_erased_tenants

CREATE OR REPLACE FUNCTION tenant_erased()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO public.erased_tenants (id, erased_at) VALUES (OLD.id, now()) ON CONFLICT (id) DO UPDATE SET erased_at = excluded.erased_at;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER tenant_erased AFTER DELETE ON tenants
    FOR EACH ROW EXECUTE FUNCTION tenant_erased();
