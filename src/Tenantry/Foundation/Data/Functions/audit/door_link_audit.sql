-- Appends an audit event to its tenant's hash chain when its transaction commits.
--
-- Callers: TriggerCheck.cs; triggers below
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: nobody (trigger)
-- Index:   pk_audit_links, pk_tenants

CREATE OR REPLACE FUNCTION door_link_audit()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    outer_tenant text := current_setting('app.current_tenant_id', true);
    last record;
    begins bytea;
    field text;
    encoded text := '';
    digest bytea;
BEGIN
    -- A transaction can write events of two tenants, and ends as the second one.
    IF outer_tenant IS DISTINCT FROM NEW.tenant_id::text THEN
        PERFORM set_config('app.current_tenant_id', NEW.tenant_id::text, true);
    END IF;
    -- One transaction at a time, until its commit is visible: the next one must find this link.
    PERFORM pg_advisory_xact_lock(hashtextextended('tenantry.audit ' || NEW.tenant_id, 0));
    SELECT position, hash INTO last FROM public.audit_links WHERE tenant_id = NEW.tenant_id ORDER BY position DESC LIMIT 1;
    IF last.position IS NULL THEN
        SELECT t.audit_anchor INTO begins FROM public.tenants t WHERE t.id = NEW.tenant_id;
    END IF;
    FOREACH field IN ARRAY ARRAY[NEW.tenant_id::text, NEW.id::text, (extract(epoch FROM NEW.occurred_at) * 1000000)::bigint::text, NEW.action, NEW.outcome, NEW.actor_id::text,
                                 NEW.actor_tenant_id::text, NEW.on_behalf_of::text, NEW.target_id::text, NEW.changes::text, NEW.details::text, host(NEW.address), NEW.user_agent, NEW.trace_id]
    LOOP
        encoded := encoded || coalesce(octet_length(field) || ':' || field, '-');
    END LOOP;
    digest := sha256(convert_to(encoded, 'UTF8'));
    -- With the digest, a link can be verified against its neighbours after its event was deleted.
    INSERT INTO public.audit_links (tenant_id, position, event_id, digest, hash)
        VALUES (NEW.tenant_id, coalesce(last.position, 0) + 1, NEW.id, digest, sha256(coalesce(last.hash, begins, '') || uuid_send(NEW.id) || digest));
    IF outer_tenant IS DISTINCT FROM NEW.tenant_id::text THEN
        PERFORM set_config('app.current_tenant_id', coalesce(outer_tenant, ''), true);
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS audit_link ON audit_events;
CREATE CONSTRAINT TRIGGER audit_link AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION door_link_audit();
