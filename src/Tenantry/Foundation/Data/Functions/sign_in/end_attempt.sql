-- Ends an attempt: a failure extends the wait of its subjects, a success resets it.
--
-- Callers: Attempt.cs, SignIn.cs
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   pk_sign_in_attempts

CREATE OR REPLACE FUNCTION end_attempt(
    kinds text[],
    subjects bytea[],
    free integer[],
    longest interval[],
    failed boolean,
    forget boolean[],
    at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
    FOR i IN 1 .. cardinality(kinds) LOOP
        UPDATE sign_in_attempts c
        SET under_way = greatest(c.under_way - 1, 0), last_at = at,
            failures = CASE WHEN failed THEN c.failures + 1 WHEN forget[i] THEN 0 ELSE c.failures END,
            held_until = CASE WHEN failed AND c.failures + 1 >= free[i]
                              THEN at + least(longest[i], interval '1 second' * 2 ^ least(c.failures + 1 - free[i], 20)) ELSE c.held_until END
        WHERE c.kind = kinds[i] AND c.subject = subjects[i];
    END LOOP;
END
$$;
