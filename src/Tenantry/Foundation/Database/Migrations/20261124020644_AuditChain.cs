using System;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>The audit log: named fields before and after, a chain of hashes for each tenant with signed heads, a partition a month, and nothing but appending.</summary>
    public partial class AuditChain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<JsonElement>(
                name: "changes",
                table: "audit_events",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "on_behalf_of",
                table: "audit_events",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_heads",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    signed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    key_id = table.Column<string>(type: "text", nullable: false),
                    jws = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_heads", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_audit_heads_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "audit_links",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    digest = table.Column<byte[]>(type: "bytea", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_links", x => new { x.tenant_id, x.position });
                    table.ForeignKey(
                        name: "fk_audit_links_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            // What the hour and the month do with the log goes through doors, and who attaches a partition owns the table: it belongs to the doors' role.
            migrationBuilder.Sql("""
                CREATE FUNCTION audit_id_at(at_time timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
                AS $$
                    -- The least id (UUIDv7, RFC 9562) of that millisecond.
                    SELECT (substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-0000-0000-000000000000')::uuid
                    FROM (SELECT lpad(to_hex((extract(epoch FROM at_time) * 1000)::bigint), 12, '0') AS hex) t
                $$;

                -- With the doors' rights: who serves may add events, and no links. A link that somebody made up would be the end of the chain.
                CREATE FUNCTION door_link_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    around text := current_setting('app.current_tenant_id', true);
                    last record;
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
                    FOREACH field IN ARRAY ARRAY[NEW.tenant_id::text, NEW.id::text, (extract(epoch FROM NEW.occurred_at) * 1000000)::bigint::text, NEW.action, NEW.outcome, NEW.actor_id::text,
                                                 NEW.actor_tenant_id::text, NEW.on_behalf_of::text, NEW.target_id::text, NEW.changes::text, NEW.details::text, host(NEW.address), NEW.user_agent, NEW.trace_id]
                    LOOP
                        told := told || coalesce(octet_length(field) || ':' || field, '-');
                    END LOOP;
                    digest := sha256(convert_to(told, 'UTF8'));
                    -- By the digest, a link whose event was let go after its time can still be held against those around it.
                    INSERT INTO public.audit_links (tenant_id, position, event_id, digest, hash)
                        VALUES (NEW.tenant_id, coalesce(last.position, 0) + 1, NEW.id, digest, sha256(coalesce(last.hash, '') || uuid_send(NEW.id) || digest));
                    IF around IS DISTINCT FROM NEW.tenant_id::text THEN
                        PERFORM set_config('app.current_tenant_id', coalesce(around, ''), true);
                    END IF;
                    RETURN NULL;
                END
                $$;

                CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    IF TG_OP = 'DELETE' AND current_user = 'tenantry_doors' THEN
                        RETURN OLD; -- an erased tenant's, or after its time
                    END IF;
                    RAISE EXCEPTION 'the audit log is appended to, and nothing else' USING ERRCODE = 'insufficient_privilege';
                END
                $$;
                REVOKE ALL ON FUNCTION door_link_audit(), audit_keep() FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION audit_keep() TO tenantry_doors;

                CREATE SCHEMA audit_months AUTHORIZATION tenantry_doors;
                REVOKE ALL ON SCHEMA audit_months FROM PUBLIC;

                ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;
                ALTER TABLE audit_events RENAME TO audit_events_before;
                ALTER TABLE audit_events_before RENAME CONSTRAINT pk_audit_events TO pk_audit_events_before;
                CREATE TABLE audit_events (LIKE audit_events_before INCLUDING DEFAULTS) PARTITION BY RANGE (id);
                ALTER TABLE audit_events ADD CONSTRAINT pk_audit_events PRIMARY KEY (tenant_id, id);
                ALTER TABLE audit_events ADD CONSTRAINT fk_audit_events_tenants_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT;
                CREATE INDEX ix_audit_events_action ON audit_events (tenant_id, action, id);
                CREATE INDEX ix_audit_events_actor ON audit_events (tenant_id, actor_id, id);
                CREATE INDEX ix_audit_events_target ON audit_events (tenant_id, target_id, id);
                CREATE CONSTRAINT TRIGGER audit_link AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION door_link_audit();
                CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_keep();
                CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_events EXECUTE FUNCTION audit_keep();
                CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit_links FOR EACH ROW EXECUTE FUNCTION audit_keep();
                CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_links EXECUTE FUNCTION audit_keep();
                CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_keep();
                CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_heads EXECUTE FUNCTION audit_keep();
                -- What no month takes: nothing may keep a change from being made.
                CREATE TABLE audit_months.rest PARTITION OF audit_events DEFAULT;
                CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_months.rest EXECUTE FUNCTION audit_keep();

                CREATE FUNCTION audit_month(of_time timestamptz) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    month timestamp := date_trunc('month', of_time AT TIME ZONE 'UTC');
                    name text := to_char(month, '"m"YYYY_MM');
                BEGIN
                    IF to_regclass('audit_months.' || name) IS NOT NULL THEN
                        RETURN false;
                    END IF;
                    EXECUTE format('CREATE TABLE audit_months.%I PARTITION OF public.audit_events FOR VALUES FROM (%L) TO (%L)',
                        name, public.audit_id_at(month AT TIME ZONE 'UTC'), public.audit_id_at((month + interval '1 month') AT TIME ZONE 'UTC'));
                    -- Triggers of a row come with the table, this one does not.
                    EXECUTE format('CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_months.%I EXECUTE FUNCTION public.audit_keep()', name);
                    RETURN true;
                EXCEPTION
                    WHEN check_violation THEN RETURN false; -- the rest has rows of it already
                END
                $$;
                REVOKE ALL ON FUNCTION audit_month(timestamptz) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION audit_month(timestamptz) TO tenantry_doors;

                SELECT audit_month(month) FROM generate_series(
                    least((SELECT date_trunc('month', min(occurred_at)) FROM audit_events_before), now() - interval '1 month'), now() + interval '3 months', interval '28 days') AS month;
                SET CONSTRAINTS audit_link IMMEDIATE;
                INSERT INTO audit_events SELECT * FROM audit_events_before ORDER BY tenant_id, id;
                DROP TABLE audit_events_before;

                ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
                ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
                CREATE POLICY tenant_isolation ON audit_events USING (tenant_id = (SELECT NULLIF(current_setting('app.current_tenant_id', true), '')::uuid))
                    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.current_tenant_id', true), '')::uuid));
                CREATE POLICY doors_purge ON audit_events TO tenantry_doors USING (tenant_id IN (SELECT id FROM tenants WHERE deleted_at IS NOT NULL));
                GRANT SELECT, INSERT ON audit_events TO tenantry_serving;

                DO $do$
                DECLARE
                    part regclass;
                BEGIN
                    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'audit_events'::regclass LOOP
                        EXECUTE format('ALTER TABLE %s OWNER TO tenantry_doors', part);
                    END LOOP;
                END
                $do$;
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER TABLE audit_events OWNER TO tenantry_doors;
                ALTER FUNCTION door_link_audit() OWNER TO tenantry_doors;
                GRANT SELECT, INSERT, DELETE ON audit_links TO tenantry_doors;

                -- A tenant whose rows are being erased does not come back: or else its log could be taken away, and the tenant be there again.
                ALTER TABLE tenants ADD COLUMN erasing_at timestamptz;
                CREATE FUNCTION tenant_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    IF current_user <> 'tenantry_doors' AND (NEW.erasing_at IS NOT NULL OR (TG_OP = 'UPDATE' AND OLD.erasing_at IS NOT NULL)) THEN
                        RAISE EXCEPTION 'the tenant is being erased' USING ERRCODE = 'object_not_in_prerequisite_state';
                    END IF;
                    RETURN NEW;
                END
                $$;
                REVOKE ALL ON FUNCTION tenant_keep() FROM PUBLIC;
                CREATE TRIGGER tenant_keep BEFORE INSERT OR UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION tenant_keep();
                GRANT UPDATE (erasing_at), SELECT (erasing_at) ON tenants TO tenantry_doors;
                CREATE POLICY doors_erase ON tenants FOR UPDATE TO tenantry_doors USING (deleted_at IS NOT NULL AND slug <> 'platform');
                GRANT SELECT (tenant_id, id, signed_at), DELETE ON audit_heads TO tenantry_doors;

                SET ROLE tenantry_doors;
                CREATE FUNCTION door_keep_audit_months(keep_days integer) RETURNS TABLE (made integer, dropped integer)
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms'
                AS $$
                DECLARE
                    part text;
                BEGIN
                    made := 0;
                    dropped := 0;
                    FOR ahead IN 0..2 LOOP
                        made := made + public.audit_month(now() + make_interval(months => ahead))::integer;
                    END LOOP;
                    -- Whoever has taken the service over takes no more of the log than three months ago. What came in with a tenant from elsewhere can be older than any month that there is.
                    DELETE FROM audit_months.rest WHERE id < public.audit_id_at(date_trunc('month', (now() - make_interval(days => greatest(keep_days, 90))) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC');
                    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                                WHERE i.inhparent = 'public.audit_events'::regclass AND c.relname ~ '^m[0-9]{4}_[0-9]{2}$'
                                  AND (to_date(c.relname, '"m"YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= now() - make_interval(days => greatest(keep_days, 90)) LOOP
                        EXECUTE format('DROP TABLE audit_months.%I', part);
                        dropped := dropped + 1;
                    END LOOP;
                    RETURN NEXT;
                END
                $$;

                CREATE FUNCTION door_trim_audit(of_tenant uuid, keep_days integer) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    since timestamptz := date_trunc('month', (now() - make_interval(days => greatest(keep_days, 90))) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
                    first bigint;
                    gone integer;
                BEGIN
                    PERFORM set_config('app.current_tenant_id', of_tenant::text, true);
                    -- The last of those whose events are gone stays: what comes after is hashed with it.
                    SELECT position INTO first FROM public.audit_links WHERE tenant_id = of_tenant AND event_id >= public.audit_id_at(since) ORDER BY position LIMIT 1;
                    IF first IS NULL THEN
                        SELECT max(position) + 1 INTO first FROM public.audit_links WHERE tenant_id = of_tenant;
                    END IF;
                    DELETE FROM public.audit_links WHERE tenant_id = of_tenant AND position < first - 1;
                    GET DIAGNOSTICS gone = ROW_COUNT;
                    DELETE FROM public.audit_heads h WHERE h.tenant_id = of_tenant AND h.signed_at < since
                        AND h.id <> (SELECT n.id FROM public.audit_heads n WHERE n.tenant_id = of_tenant ORDER BY n.id DESC LIMIT 1);
                    RETURN gone;
                END
                $$;

                -- A row's place tells it from others in one table only, and this one can have partitions.
                CREATE OR REPLACE FUNCTION door_purge_rows(of_tenant uuid, from_table text, most integer, before timestamptz) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    gone integer;
                BEGIN
                    UPDATE public.tenants t SET erasing_at = coalesce(t.erasing_at, now())
                        WHERE t.id = of_tenant AND t.deleted_at <= least(before, now()) AND NOT t.is_active AND t.slug <> 'platform';
                    IF NOT FOUND THEN
                        RETURN 0; -- brought back before it began
                    END IF;
                    IF NOT EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                                   WHERE p.polname = 'doors_purge' AND c.relname = from_table AND c.relnamespace = 'public'::regnamespace) THEN
                        RAISE EXCEPTION 'no table of tenants: %', from_table;
                    END IF;
                    EXECUTE format('DELETE FROM public.%I WHERE tenant_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM public.%I WHERE tenant_id = $1 LIMIT $2))', from_table, from_table)
                        USING of_tenant, most;
                    GET DIAGNOSTICS gone = ROW_COUNT;
                    RETURN gone;
                END
                $$;

                REVOKE ALL ON FUNCTION door_keep_audit_months(integer), door_trim_audit(uuid, integer) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_keep_audit_months(integer), door_trim_audit(uuid, integer) TO tenantry_serving;
                RESET ROLE;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
