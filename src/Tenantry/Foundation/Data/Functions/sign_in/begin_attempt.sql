-- Counts an attempt for each of its subjects (account, address) before the password is verified. Returns the time until
-- which attempts are refused; null: the attempt may continue.
--
-- Callers: Attempt.cs
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   pk_sign_in_attempts

CREATE OR REPLACE FUNCTION begin_attempt(
    kinds text[],
    subjects bytea[],
    free integer[],
    at_once integer[],
    remembered interval[],
    at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql
SET search_path TO 'public', 'pg_temp'
AS $$
DECLARE
    tenant uuid := NULLIF(current_setting('app.current_tenant_id', true), '')::uuid;
    was record;
    held timestamptz := at;
BEGIN
    FOR i IN 1 .. cardinality(kinds) LOOP
        INSERT INTO sign_in_attempts AS c (tenant_id, kind, subject, failures, under_way, last_at, held_until)
        VALUES (tenant, kinds[i], subjects[i], 0, 1, at, 'epoch')
        ON CONFLICT (tenant_id, kind, subject) DO UPDATE
        SET failures = CASE WHEN c.last_at + remembered[i] <= at THEN 0 ELSE c.failures END,
            -- An attempt that did not end for so long belongs to an instance that ended.
            under_way = CASE WHEN c.last_at + interval '1 minute' <= at THEN 0 ELSE c.under_way END + 1,
            last_at = at
        RETURNING c.failures, c.under_way, c.held_until INTO was;
        held := greatest(held, was.held_until);
        IF was.under_way > (CASE WHEN was.failures < free[i] THEN at_once[i] ELSE 1 END) THEN
            held := greatest(held, at + interval '1 second');
        END IF;
    END LOOP;
    IF held > at THEN
        RAISE SQLSTATE 'TN001';
    END IF;
    RETURN NULL;
EXCEPTION WHEN SQLSTATE 'TN001' THEN
    -- The exception undoes the counts above: a refused attempt does not count, and does not extend the wait.
    RETURN held;
END
$$;
