using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>A change is held against its caller where it begins and where it is committed; a remembered answer knows what its caller could do.</summary>
    public partial class CallersOfChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string[]>(
                name: "permissions",
                table: "idempotency_keys",
                type: "text[]",
                nullable: true);

            // app.caller: the ids of the transaction's caller (session, user, tenant). app.caller_changed: the tables in which the transaction itself changed what the caller rests on. Both end with it.
            migrationBuilder.Sql("""
                CREATE FUNCTION demand_caller(of_tenant uuid, of_session uuid, of_user uuid, held text[]) RETURNS void
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                DECLARE
                    own text := coalesce(current_setting('app.caller_changed', true), '');
                BEGIN
                    -- A platform administrator may act as another tenant, but is a user of their own.
                    PERFORM set_config('app.current_tenant_id', of_tenant::text, true);
                    IF own NOT LIKE '% tenants %' AND NOT EXISTS (SELECT FROM tenants t WHERE t.id = of_tenant AND t.is_active) THEN
                        RAISE EXCEPTION USING ERRCODE = 'TN012', MESSAGE = 'the tenant of the caller is switched off';
                    END IF;
                    IF own NOT LIKE '% users %' AND NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = of_tenant AND u.id = of_user AND u.is_active) THEN
                        RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = 'the user of the caller is gone or switched off';
                    END IF;
                    IF own NOT LIKE '% sessions %'
                       AND NOT EXISTS (SELECT FROM sessions s WHERE s.tenant_id = of_tenant AND s.id = of_session AND s.user_id = of_user AND s.revoked_at IS NULL) THEN
                        RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = 'the session of the caller has ended';
                    END IF;
                    -- Who changes a role may lose a permission by it, but not by somebody else who takes the role away meanwhile.
                    IF cardinality(held) > 0 AND own NOT LIKE '% user_roles %'
                       AND NOT held <@ (SELECT a.permissions FROM access_of_user(of_user) a)
                       AND NOT ((own LIKE '% roles %' OR own LIKE '% role_permissions %') AND roles_of_caller(of_tenant, of_user) = current_setting('app.caller_roles', true)) THEN
                        RAISE EXCEPTION USING ERRCODE = 'TN011', MESSAGE = 'a permission was taken from the caller';
                    END IF;
                END
                $$;

                CREATE FUNCTION roles_of_caller(of_tenant uuid, of_user uuid) RETURNS text
                LANGUAGE sql STABLE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                    SELECT coalesce(string_agg(a.role_id::text, ' ' ORDER BY a.role_id), '') FROM user_roles a WHERE a.tenant_id = of_tenant AND a.user_id = of_user
                $$;

                CREATE FUNCTION begin_change(acting_tenant uuid, of_tenant uuid, of_session uuid, of_user uuid, held text[]) RETURNS void
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                BEGIN
                    PERFORM demand_caller(of_tenant, of_session, of_user, held);
                    PERFORM set_config('app.caller', of_session || ' ' || of_user || ' ' || of_tenant, true),
                            set_config('app.caller_roles', roles_of_caller(of_tenant, of_user), true),
                            set_config('app.current_tenant_id', acting_tenant::text, true);
                END
                $$;

                CREATE FUNCTION note_change_of_caller(changed text, in_table text) RETURNS void
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    IF changed = ANY (string_to_array(current_setting('app.caller', true), ' '))
                       AND coalesce(current_setting('app.caller_changed', true), '') NOT LIKE '% ' || in_table || ' %' THEN
                        PERFORM set_config('app.caller_changed', coalesce(current_setting('app.caller_changed', true), '') || ' ' || in_table || ' ', true);
                    END IF;
                END
                $$;

                REVOKE ALL ON FUNCTION demand_caller(uuid, uuid, uuid, text[]), begin_change(uuid, uuid, uuid, uuid, text[]), roles_of_caller(uuid, uuid), note_change_of_caller(text, text) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION demand_caller(uuid, uuid, uuid, text[]), begin_change(uuid, uuid, uuid, uuid, text[]), roles_of_caller(uuid, uuid), note_change_of_caller(text, text) TO tenantry_serving;

                CREATE OR REPLACE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    PERFORM pg_notify('tenantry_changes', TG_TABLE_NAME || ' ' || coalesce(NEW.id, OLD.id) || ' ' || pg_current_xact_id());
                    IF current_setting('app.caller', true) <> '' THEN
                        PERFORM public.note_change_of_caller(coalesce(NEW.id, OLD.id)::text, TG_TABLE_NAME);
                    END IF;
                    RETURN NULL;
                END
                $$;
                CREATE OR REPLACE FUNCTION tell_standing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
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
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
