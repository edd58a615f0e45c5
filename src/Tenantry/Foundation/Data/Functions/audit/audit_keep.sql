-- Refuses to change or delete audit events, links and heads. Only cross-tenant functions delete them, of erased tenants
-- and after the retention period.
--
-- Callers: audit_month.sql; triggers below
-- Rights:  the caller's own; EXECUTE: tenantry_doors
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION audit_keep()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'tenantry_doors' THEN
        RETURN OLD; -- of an erased tenant, or after the retention period
    END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER audit_keep BEFORE DELETE OR UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_keep();

CREATE OR REPLACE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();

CREATE OR REPLACE TRIGGER audit_keep BEFORE DELETE OR UPDATE ON audit_heads
    FOR EACH ROW EXECUTE FUNCTION audit_keep();

CREATE OR REPLACE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_heads
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();

CREATE OR REPLACE TRIGGER audit_keep BEFORE DELETE OR UPDATE ON audit_links
    FOR EACH ROW EXECUTE FUNCTION audit_keep();

CREATE OR REPLACE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_links
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();

CREATE OR REPLACE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_months.rest
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();
