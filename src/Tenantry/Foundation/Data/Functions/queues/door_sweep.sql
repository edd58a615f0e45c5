-- Deletes expired tokens, ended sessions and old sign-in attempts of all tenants, in batches.
--
-- Callers: ExpiredRows.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_sign_in_attempts_last_at, ix_idempotency_keys_expires_at; the other tables are scanned until the batch is full

CREATE OR REPLACE FUNCTION door_sweep(at timestamptz, most integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted integer := 0;
    batch integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('tenantry.sweep')) THEN
        RETURN 0; -- another instance is sweeping
    END IF;
    DELETE FROM public.sign_in_attempts WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.sign_in_attempts WHERE last_at < at - interval '1 day' LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT; deleted := deleted + batch;
    DELETE FROM public.mailed_tokens WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.mailed_tokens WHERE expires_at < at LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT; deleted := deleted + batch;
    -- A sign-in makes its address familiar for 90 days. Deleting a session deletes its tokens.
    DELETE FROM public.sessions WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.sessions
        WHERE created_at < at - interval '90 days' AND (expires_at < at OR revoked_at < at - interval '1 day') LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT; deleted := deleted + batch;
    DELETE FROM public.refresh_tokens WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.refresh_tokens WHERE expires_at < at LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT; deleted := deleted + batch;
    DELETE FROM public.request_days WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.request_days WHERE day < (at - interval '400 days')::date LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT; deleted := deleted + batch;
    DELETE FROM public.idempotency_keys WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.idempotency_keys WHERE expires_at < at LIMIT most));
    GET DIAGNOSTICS batch = ROW_COUNT; deleted := deleted + batch;
    RETURN deleted;
END
$$;
