-- Deletes a batch of rows of one table, of a tenant whose grace period has ended.
--
-- Callers: erase_rows.sql
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   (tenant_id, ...): the primary key of the table

CREATE OR REPLACE FUNCTION door_purge_rows(of_tenant uuid, from_table text, most integer, before timestamptz)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted integer;
BEGIN
    UPDATE public.tenants t SET erasing_at = coalesce(t.erasing_at, now())
        WHERE t.id = of_tenant AND t.deleted_at <= least(before, now()) AND NOT t.is_active AND t.slug <> 'platform';
    IF NOT FOUND THEN
        RETURN 0; -- restored before the erasure began
    END IF;
    IF NOT EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                   WHERE p.polname = 'doors_purge' AND c.relname = from_table AND c.relnamespace = 'public'::regnamespace) THEN
        RAISE EXCEPTION 'not a table of tenants: %', from_table;
    END IF;
    EXECUTE format('DELETE FROM public.%I WHERE tenant_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM public.%I WHERE tenant_id = $1 LIMIT $2))', from_table, from_table)
        USING of_tenant, most;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$$;
