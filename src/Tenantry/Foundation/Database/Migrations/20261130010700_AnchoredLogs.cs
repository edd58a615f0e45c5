using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// The serving role cannot erase the log of a tenant that goes on living: times are the database's, so are the days of grace, an erased id does not come back, and a log begins at
    /// an anchor that its tenant was made with. Functions are no longer everybody's to call.
    /// </summary>
    public partial class AnchoredLogs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erased_tenants",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    erased_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    readmitted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erased_tenants", x => x.id);
                });

            migrationBuilder.Sql("""
                -- How long a deleted tenant stays. The serving role calls this and cannot change it; 'tenantry migrate' does, as the owner.
                CREATE FUNCTION tenant_grace() RETURNS interval LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
                AS $$ SELECT interval '30 days' $$;
                REVOKE ALL ON FUNCTION tenant_grace() FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION tenant_grace() TO tenantry_serving, tenantry_doors;

                -- Whatever time a caller names: what is erased was deleted that long ago, and the platform never is. Restrictive, as whoever calls may act as the tenant, whose own policy lets its row be changed.
                -- A policy of a role holds for its members too, and the owner is one: so it asks who it is.
                CREATE POLICY erasure_begins ON tenants AS RESTRICTIVE FOR UPDATE TO tenantry_doors
                    USING (current_user <> 'tenantry_doors' OR (deleted_at <= now() - tenant_grace() AND NOT is_active AND slug <> 'platform'));
                CREATE POLICY erasure_ends ON tenants AS RESTRICTIVE FOR DELETE TO tenantry_doors
                    USING (current_user <> 'tenantry_doors' OR (erasing_at IS NOT NULL AND deleted_at <= now() - tenant_grace() AND NOT is_active AND slug <> 'platform'));

                -- Where the chain of a tenant's log begins. Null: the tenant is older than this.
                ALTER TABLE tenants ADD COLUMN audit_anchor bytea;
                GRANT SELECT (audit_anchor) ON tenants TO tenantry_doors;

                -- When the database linked it, which nobody chooses.
                ALTER TABLE audit_links ADD COLUMN linked_at timestamptz NOT NULL DEFAULT now();

                CREATE OR REPLACE FUNCTION tenant_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    -- Who owns the table could take this trigger away: it is there for everybody else.
                    is_owner boolean := pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'MEMBER');
                BEGIN
                    IF current_user <> 'tenantry_doors' AND (NEW.erasing_at IS NOT NULL OR (TG_OP = 'UPDATE' AND OLD.erasing_at IS NOT NULL)) THEN
                        RAISE EXCEPTION 'the tenant is being erased' USING ERRCODE = 'object_not_in_prerequisite_state';
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF EXISTS (SELECT FROM public.erased_tenants e WHERE e.id = NEW.id AND (e.readmitted_at IS NULL OR e.readmitted_at <= e.erased_at)) THEN
                            RAISE EXCEPTION 'a tenant of this id was erased here' USING ERRCODE = 'unique_violation', CONSTRAINT = 'erased_tenants';
                        END IF;
                        IF NEW.audit_anchor IS NULL OR NOT is_owner THEN
                            NEW.audit_anchor := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
                        END IF;
                        IF NEW.deleted_at IS NOT NULL AND NOT is_owner THEN
                            NEW.deleted_at := now();
                            NEW.is_active := false;
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF is_owner OR current_user = 'tenantry_doors' THEN
                        RETURN NEW;
                    END IF;
                    IF NEW.slug <> OLD.slug THEN
                        RAISE EXCEPTION 'a slug does not change' USING ERRCODE = 'insufficient_privilege';
                    END IF;
                    IF NEW.audit_anchor IS DISTINCT FROM OLD.audit_anchor THEN
                        RAISE EXCEPTION 'an anchor does not change' USING ERRCODE = 'insufficient_privilege';
                    END IF;
                    IF NEW.slug = 'platform' AND (NEW.deleted_at IS NOT NULL OR NOT NEW.is_active) THEN
                        RAISE EXCEPTION 'the platform is not deleted' USING ERRCODE = 'insufficient_privilege';
                    END IF;
                    IF NEW.deleted_at IS NOT NULL THEN
                        -- Or else a tenant could live on while its days of grace pass.
                        IF NEW.is_active THEN
                            RAISE EXCEPTION 'the tenant is deleted' USING ERRCODE = 'object_not_in_prerequisite_state';
                        END IF;
                        NEW.deleted_at := coalesce(OLD.deleted_at, now());
                    END IF;
                    RETURN NEW;
                END
                $$;

                CREATE FUNCTION tenant_erased() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    INSERT INTO public.erased_tenants (id, erased_at) VALUES (OLD.id, now()) ON CONFLICT (id) DO UPDATE SET erased_at = excluded.erased_at;
                    RETURN NULL;
                END
                $$;
                REVOKE ALL ON FUNCTION tenant_erased() FROM PUBLIC;
                CREATE TRIGGER tenant_erased AFTER DELETE ON tenants FOR EACH ROW EXECUTE FUNCTION tenant_erased();
                GRANT SELECT, INSERT, UPDATE (erased_at) ON erased_tenants TO tenantry_doors;

                -- Those that were erased before there was such a table, as the platform's log knows them.
                DO $do$
                DECLARE
                    around text := current_setting('app.current_tenant_id', true);
                    platform uuid;
                BEGIN
                    SET LOCAL ROLE tenantry_doors;
                    SELECT id INTO platform FROM public.tenants WHERE slug = 'platform';
                    PERFORM set_config('app.current_tenant_id', coalesce(platform::text, ''), true);
                    INSERT INTO public.erased_tenants (id, erased_at)
                        SELECT e.target_id, max(e.occurred_at) FROM public.audit_events e
                        WHERE e.action = 'tenant.purged' AND e.tenant_id = platform AND e.target_id IS NOT NULL AND NOT EXISTS (SELECT FROM public.tenants t WHERE t.id = e.target_id)
                        GROUP BY e.target_id;
                    PERFORM set_config('app.current_tenant_id', coalesce(around, ''), true);
                    RESET ROLE;
                END
                $do$;

                -- The first link stands on the tenant's anchor.
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                SET ROLE tenantry_doors;
                CREATE OR REPLACE FUNCTION door_link_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    around text := current_setting('app.current_tenant_id', true);
                    last record;
                    begins bytea;
                    field text;
                    told text := '';
                    digest bytea;
                BEGIN
                    -- A change can leave a row with two tenants; the transaction ends as the second.
                    IF around IS DISTINCT FROM NEW.tenant_id::text THEN
                        PERFORM set_config('app.current_tenant_id', NEW.tenant_id::text, true);
                    END IF;
                    -- One after the other, until this transaction is seen: the next must find this link.
                    PERFORM pg_advisory_xact_lock(hashtextextended('tenantry.audit ' || NEW.tenant_id, 0));
                    SELECT position, hash INTO last FROM public.audit_links WHERE tenant_id = NEW.tenant_id ORDER BY position DESC LIMIT 1;
                    IF last.position IS NULL THEN
                        SELECT t.audit_anchor INTO begins FROM public.tenants t WHERE t.id = NEW.tenant_id;
                    END IF;
                    FOREACH field IN ARRAY ARRAY[NEW.tenant_id::text, NEW.id::text, (extract(epoch FROM NEW.occurred_at) * 1000000)::bigint::text, NEW.action, NEW.outcome, NEW.actor_id::text,
                                                 NEW.actor_tenant_id::text, NEW.on_behalf_of::text, NEW.target_id::text, NEW.changes::text, NEW.details::text, host(NEW.address), NEW.user_agent, NEW.trace_id]
                    LOOP
                        told := told || coalesce(octet_length(field) || ':' || field, '-');
                    END LOOP;
                    digest := sha256(convert_to(told, 'UTF8'));
                    -- By the digest, a link whose event was let go after its time can still be held against those around it.
                    INSERT INTO public.audit_links (tenant_id, position, event_id, digest, hash)
                        VALUES (NEW.tenant_id, coalesce(last.position, 0) + 1, NEW.id, digest, sha256(coalesce(last.hash, begins, '') || uuid_send(NEW.id) || digest));
                    IF around IS DISTINCT FROM NEW.tenant_id::text THEN
                        PERFORM set_config('app.current_tenant_id', coalesce(around, ''), true);
                    END IF;
                    RETURN NULL;
                END
                $$;
                RESET ROLE;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;

                -- Functions are called by the roles that the product has, not by every role that may connect: those that are there, and those to come.
                DO $do$
                DECLARE
                    f record;
                BEGIN
                    FOR f IN SELECT p.oid::regprocedure AS name, p.prorettype = 'trigger'::regtype AS is_trigger
                             FROM pg_proc p
                             WHERE p.pronamespace = 'public'::regnamespace
                               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
                               AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE') LOOP
                        IF NOT f.is_trigger THEN
                            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO tenantry_serving, tenantry_doors', f.name);
                        END IF;
                        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.name);
                    END LOOP;
                END
                $do$;
                ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
                ALTER DEFAULT PRIVILEGES FOR ROLE tenantry_doors REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
