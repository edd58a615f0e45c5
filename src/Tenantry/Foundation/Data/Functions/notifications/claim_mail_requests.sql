-- Claims requests for e-mails under a lease, one of each tenant in turn. The worker then acts as that tenant.
--
-- Callers: MailRequestWorker.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_mail_requests

CREATE OR REPLACE FUNCTION claim_mail_requests(most integer, lease interval, served uuid, full_tenants uuid[])
RETURNS TABLE (tenant_id uuid, id uuid, attempts integer, purpose text, email_normalized text, languages text)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := clock_timestamp();
    one uuid := served;
    wrapped boolean := false;
    left_over integer := most;
    got integer;
BEGIN
    -- Jumps from tenant to tenant along the key: the steps depend on the number of tenants, not of requests.
    WHILE left_over > 0 LOOP
        SELECT q.tenant_id INTO one FROM public.mail_requests q WHERE q.tenant_id > one ORDER BY q.tenant_id LIMIT 1;
        IF one IS NULL THEN
            EXIT WHEN wrapped;
            wrapped := true;
            one := '00000000-0000-0000-0000-000000000000';
            CONTINUE;
        END IF;
        EXIT WHEN wrapped AND one > served;
        CONTINUE WHEN one = ANY (full_tenants);
        RETURN QUERY
        UPDATE public.mail_requests m SET attempts = m.attempts + 1, due_at = at + lease
        WHERE m.ctid = ANY (ARRAY(SELECT q.ctid FROM public.mail_requests q WHERE q.tenant_id = one AND q.due_at <= at ORDER BY q.due_at, q.created_at LIMIT 1 FOR UPDATE SKIP LOCKED))
        RETURNING m.tenant_id, m.id, m.attempts, m.purpose, m.email_normalized, m.languages;
        GET DIAGNOSTICS got = ROW_COUNT;
        left_over := left_over - got;
    END LOOP;
END
$$;
