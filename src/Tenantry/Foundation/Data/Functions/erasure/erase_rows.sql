-- Erases a batch of rows of one table, of a tenant whose grace period has ended. References between rows of the same
-- table are set to NULL first.
--
-- Callers: TenantErasure.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   (tenant_id, ...): the primary key of the table

CREATE OR REPLACE FUNCTION erase_rows(
    of_tenant uuid,
    from_table text,
    most integer,
    before timestamptz,
    lease interval)
RETURNS TABLE (detached integer, erased integer)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    own text;
BEGIN
    UPDATE public.tenants t SET erasure_next_at = now() + lease
        WHERE t.id = of_tenant AND t.deleted_at <= least(before, now()) AND NOT t.is_active AND (t.erasure_next_at IS NULL OR t.erasure_next_at < now() + lease / 2);
    FOR own IN SELECT a.attname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey)
               WHERE k.contype = 'f' AND k.confrelid = k.conrelid AND c.relname = from_table AND c.relnamespace = 'public'::regnamespace AND NOT a.attnotnull LOOP
        EXECUTE format('UPDATE public.%I SET %I = NULL WHERE tenant_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM public.%I WHERE tenant_id = $1 AND %I IS NOT NULL LIMIT $2))
                            AND EXISTS (SELECT FROM public.tenants t WHERE t.id = $1 AND t.deleted_at <= least($3, now() - public.tenant_grace()) AND NOT t.is_active AND t.slug <> ''platform'')',
                       from_table, own, from_table, own) USING of_tenant, most, before;
        GET DIAGNOSTICS detached = ROW_COUNT;
        IF detached > 0 THEN
            erased := 0;
            RETURN NEXT;
            RETURN;
        END IF;
    END LOOP;
    detached := 0;
    erased := public.door_purge_rows(of_tenant, from_table, most, before);
    RETURN NEXT;
END
$$;
