-- Prevents that a tenant is restored during its erasure, and that an erased id is used again.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   pk_erased_tenants

CREATE OR REPLACE FUNCTION tenant_keep()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- The owner of the table could drop this trigger, so it restricts all other roles.
    is_owner boolean := pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'MEMBER');
BEGIN
    IF current_user <> 'tenantry_doors' AND (NEW.erasing_at IS NOT NULL OR (TG_OP = 'UPDATE' AND OLD.erasing_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'the tenant is being erased' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM public.erased_tenants e WHERE e.id = NEW.id AND (e.readmitted_at IS NULL OR e.readmitted_at <= e.erased_at)) THEN
            RAISE EXCEPTION 'a tenant with this id was erased in this database' USING ERRCODE = 'unique_violation', CONSTRAINT = 'erased_tenants';
        END IF;
        IF NEW.audit_anchor IS NULL OR NOT is_owner THEN
            NEW.audit_anchor := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
        END IF;
        IF NEW.deleted_at IS NOT NULL AND NOT is_owner THEN
            NEW.deleted_at := now();
            NEW.is_active := false;
        END IF;
        RETURN NEW;
    END IF;
    IF is_owner OR current_user = 'tenantry_doors' THEN
        RETURN NEW;
    END IF;
    IF NEW.slug <> OLD.slug THEN
        RAISE EXCEPTION 'the slug of a tenant cannot be changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.audit_anchor IS DISTINCT FROM OLD.audit_anchor THEN
        RAISE EXCEPTION 'the audit anchor of a tenant cannot be changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.slug = 'platform' AND (NEW.deleted_at IS NOT NULL OR NOT NEW.is_active) THEN
        RAISE EXCEPTION 'the tenant platform cannot be deleted or deactivated' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.deleted_at IS NOT NULL THEN
        -- Otherwise an active tenant could pass its grace period.
        IF NEW.is_active THEN
            RAISE EXCEPTION 'a deleted tenant cannot be active' USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        NEW.deleted_at := coalesce(OLD.deleted_at, now());
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER tenant_keep BEFORE INSERT OR UPDATE ON tenants
    FOR EACH ROW EXECUTE FUNCTION tenant_keep();
