-- Refuses to change or delete audit events, links and heads. Only the cross-tenant functions delete, for erased tenants
-- and after the retention.
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
        RETURN OLD; -- an erased tenant's, or after its time
    END IF;
    RAISE EXCEPTION 'the audit log is appended to, and nothing else' USING ERRCODE = 'insufficient_privilege';
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
