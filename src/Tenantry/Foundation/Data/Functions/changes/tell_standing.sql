-- Sends a change notification that the roles of a tenant, the access of a user or the message settings of a tenant
-- changed. The trigger arguments are the kind and the column with the id.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: nobody (trigger)
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION tell_standing()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed text := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[1];
BEGIN
    PERFORM pg_notify('tenantry_changes', TG_ARGV[0] || ' ' || changed || ' ' || pg_current_xact_id());
    IF current_setting('app.caller', true) <> '' THEN
        PERFORM public.note_change_of_caller(changed, TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR DELETE OR UPDATE ON notification_settings
    FOR EACH ROW EXECUTE FUNCTION tell_standing('messages', 'tenant_id');

CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR DELETE OR UPDATE ON notification_templates
    FOR EACH ROW EXECUTE FUNCTION tell_standing('messages', 'tenant_id');

CREATE OR REPLACE TRIGGER tell_permissions AFTER INSERT OR DELETE ON role_permissions
    FOR EACH ROW EXECUTE FUNCTION tell_standing('roles', 'tenant_id');

CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR DELETE OR UPDATE ON roles
    FOR EACH ROW EXECUTE FUNCTION tell_standing('roles', 'tenant_id');

CREATE OR REPLACE TRIGGER tell_roles AFTER INSERT OR DELETE ON user_roles
    FOR EACH ROW EXECUTE FUNCTION tell_standing('users', 'user_id');

CREATE OR REPLACE TRIGGER tell_deletion AFTER DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION tell_standing('users', 'id');

CREATE OR REPLACE TRIGGER tell_switch AFTER UPDATE OF is_active ON users
    FOR EACH ROW
    WHEN (OLD.is_active <> NEW.is_active)
    EXECUTE FUNCTION tell_standing('users', 'id');
