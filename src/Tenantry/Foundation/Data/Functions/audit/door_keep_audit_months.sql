-- Creates the partitions of the audit log for the coming months and drops those past the retention period, but none
-- younger than 90 days.
--
-- Callers: AuditRetention.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   none: drops whole partitions; the default partition is scanned

CREATE OR REPLACE FUNCTION door_keep_audit_months(keep_days integer)
RETURNS TABLE (made integer, dropped integer)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout TO '200ms'
AS $$
DECLARE
    part text;
BEGIN
    made := 0;
    dropped := 0;
    FOR ahead IN 0..2 LOOP
        made := made + public.audit_month(now() + make_interval(months => ahead))::integer;
    END LOOP;
    -- At least 90 days are kept, so that an attacker who controls the service cannot delete newer events. Events of an
    -- imported tenant can be older than every monthly partition, and are in the default one.
    DELETE FROM audit_months.rest WHERE id < public.audit_id_at(date_trunc('month', (now() - make_interval(days => greatest(keep_days, 90))) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC');
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'public.audit_events'::regclass AND c.relname ~ '^m[0-9]{4}_[0-9]{2}$'
                  AND (to_date(c.relname, '"m"YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= now() - make_interval(days => greatest(keep_days, 90)) LOOP
        EXECUTE format('DROP TABLE audit_months.%I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN NEXT;
END
$$;

-- The months around now, so that the first event has a partition.
SELECT public.audit_month(month) FROM generate_series(now() - interval '1 month', now() + interval '3 months', interval '28 days') AS month;
