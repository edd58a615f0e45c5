-- Deletes the links and signed heads of a tenant whose events are past the retention period.
--
-- Callers: AuditRetention.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   pk_audit_links, pk_audit_heads

CREATE OR REPLACE FUNCTION door_trim_audit(of_tenant uuid, keep_days integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    since timestamptz := date_trunc('month', (now() - make_interval(days => greatest(keep_days, 90))) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    first bigint;
    deleted integer;
BEGIN
    PERFORM set_config('app.current_tenant_id', of_tenant::text, true);
    -- The last link of the deleted events is kept: the hash of the next link includes it.
    SELECT position INTO first FROM public.audit_links WHERE tenant_id = of_tenant AND event_id >= public.audit_id_at(since) ORDER BY position LIMIT 1;
    IF first IS NULL THEN
        SELECT max(position) + 1 INTO first FROM public.audit_links WHERE tenant_id = of_tenant;
    END IF;
    DELETE FROM public.audit_links WHERE tenant_id = of_tenant AND position < first - 1;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    DELETE FROM public.audit_heads h WHERE h.tenant_id = of_tenant AND h.signed_at < since
        AND h.id <> (SELECT n.id FROM public.audit_heads n WHERE n.tenant_id = of_tenant ORDER BY n.id DESC LIMIT 1);
    RETURN deleted;
END
$$;
