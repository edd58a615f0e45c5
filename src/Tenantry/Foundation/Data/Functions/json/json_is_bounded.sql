-- Returns whether the text of a JSON value has at most the given number of bytes and each of its numbers at most 40
-- digits. It does not print a huge number to find out.
--
-- Callers: ConstraintErrorMapper.cs; refuse_unbounded_json.sql, shown_json.sql
-- Rights:  the caller's own; EXECUTE: tenantry_serving, tenantry_doors
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION json_is_bounded(value jsonb, most integer)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE
SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
    IF value IS NULL OR value IN ('{}', '[]') THEN
        RETURN true;
    END IF;
    -- A small number needs 12 bytes in jsonb and 3 characters as text.
    IF pg_column_size(value) > most::bigint * 8 THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT FROM jsonb_path_query(value, 'strict $.**') part
               WHERE jsonb_typeof(part) = 'number' AND (scale(part::numeric) > 40 OR abs(part::numeric) >= 1e40)) THEN
        RETURN false;
    END IF;
    RETURN octet_length(value::text) <= most;
END
$$;
