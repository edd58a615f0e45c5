-- Lets only the cross-tenant functions change the state of an erasure.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION guard_erasure_state()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_user = 'tenantry_doors' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.erasure_attempts, NEW.erasure_failed_at, NEW.erasure_reason, NEW.erasure_next_at)
                            IS DISTINCT FROM (OLD.erasure_attempts, OLD.erasure_failed_at, OLD.erasure_reason, OLD.erasure_next_at) THEN
        RAISE EXCEPTION 'only the functions that erase tenants may write the state of an erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' OR NEW.deleted_at IS NULL THEN -- a new or a restored tenant
        NEW.erasure_attempts := 0;
        NEW.erasure_failed_at := NULL;
        NEW.erasure_reason := NULL;
        NEW.erasure_next_at := NULL;
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER guard_erasure_state BEFORE INSERT OR UPDATE ON tenants
    FOR EACH ROW EXECUTE FUNCTION guard_erasure_state();
