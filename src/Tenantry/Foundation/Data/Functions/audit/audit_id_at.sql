-- Returns the smallest UUIDv7 (RFC 9562, section 5.7) of a millisecond. Events of a time range are found by their ids.
--
-- Callers: audit_month.sql, door_keep_audit_months.sql, door_trim_audit.sql
-- Rights:  the caller's own; EXECUTE: tenantry_serving, tenantry_doors
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION audit_id_at(at_time timestamptz)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT (substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-0000-0000-000000000000')::uuid
FROM (SELECT lpad(to_hex((extract(epoch FROM at_time) * 1000)::bigint), 12, '0') AS hex) t
$$;
