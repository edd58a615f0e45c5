-- Creates the partition of the audit log for a month, unless it exists. Returns whether it was created.
--
-- Callers: door_keep_audit_months.sql
-- Rights:  the caller's own; EXECUTE: tenantry_doors
-- Index:   none

CREATE OR REPLACE FUNCTION audit_month(of_time timestamptz)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    month timestamp := date_trunc('month', of_time AT TIME ZONE 'UTC');
    name text := to_char(month, '"m"YYYY_MM');
BEGIN
    IF to_regclass('audit_months.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE audit_months.%I PARTITION OF public.audit_events FOR VALUES FROM (%L) TO (%L)',
        name, public.audit_id_at(month AT TIME ZONE 'UTC'), public.audit_id_at((month + interval '1 month') AT TIME ZONE 'UTC'));
    -- A partition inherits row triggers, but not this statement trigger.
    EXECUTE format('CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_months.%I EXECUTE FUNCTION public.audit_keep()', name);
    RETURN true;
EXCEPTION
    WHEN check_violation THEN RETURN false; -- the default partition already has rows of this month
END
$$;
