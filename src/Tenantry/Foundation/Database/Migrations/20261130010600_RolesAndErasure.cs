using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Erasure keeps its state per tenant and goes on past one that fails; what a user may do follows the whole chain of roles, however long it is.</summary>
    public partial class RolesAndErasure : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The whole chain: UNION leaves a role that was reached already out, which ends a circle. C# follows it in the same way (RoleHierarchy.Chain), and a test holds the two together.
            // The highest role is the one with the longest chain. Outside the platform none is shown under the name of the platform's own, whatever an archive or an older version left.
            migrationBuilder.Sql("""
                CREATE OR REPLACE FUNCTION access_of_user(of_user uuid) RETURNS TABLE (role text, permissions text[])
                LANGUAGE plpgsql STABLE SECURITY INVOKER ROWS 1 SET search_path = public, pg_temp
                AS $$
                BEGIN
                    RETURN QUERY
                    WITH RECURSIVE chain AS (
                        SELECT r.tenant_id, r.id AS assigned, r.id, r.parent_id
                        FROM user_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
                        WHERE a.user_id = of_user
                        UNION
                        SELECT c.tenant_id, c.assigned, p.id, p.parent_id
                        FROM chain c JOIN roles p ON p.tenant_id = c.tenant_id AND p.id = c.parent_id
                    )
                    SELECT coalesce((SELECT r.name FROM (SELECT c.tenant_id, c.assigned, count(*) AS length FROM chain c GROUP BY c.tenant_id, c.assigned) AS held
                                     JOIN roles r ON r.tenant_id = held.tenant_id AND r.id = held.assigned
                                     WHERE lower(regexp_replace(normalize(r.name, NFKC), '\s', '', 'g')) <> 'platformadministrator'
                                        OR EXISTS (SELECT FROM tenants t WHERE t.id = r.tenant_id AND t.slug = 'platform')
                                     ORDER BY held.length DESC, r.name LIMIT 1), ''),
                           ARRAY(SELECT DISTINCT p.name
                                 FROM chain c JOIN role_permissions g ON g.tenant_id = c.tenant_id AND g.role_id = c.id JOIN permissions p ON p.id = g.permission_id
                                 ORDER BY p.name);
                END
                $$;
                """);

            // The state of an erasure stands in the tenant's row, beside erasing_at. Only the functions below write it: the serving role may UPDATE tenants, and a trigger keeps these columns as they are.
            migrationBuilder.Sql("""
                ALTER TABLE tenants ADD COLUMN erasure_attempts integer NOT NULL DEFAULT 0,
                                    ADD COLUMN erasure_failed_at timestamptz,
                                    ADD COLUMN erasure_reason text,
                                    ADD COLUMN erasure_next_at timestamptz;

                CREATE FUNCTION guard_erasure_state() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    IF current_user = 'tenantry_doors' THEN
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'UPDATE' AND (NEW.erasure_attempts, NEW.erasure_failed_at, NEW.erasure_reason, NEW.erasure_next_at)
                                            IS DISTINCT FROM (OLD.erasure_attempts, OLD.erasure_failed_at, OLD.erasure_reason, OLD.erasure_next_at) THEN
                        RAISE EXCEPTION 'the state of an erasure is written by the functions that erase' USING ERRCODE = 'insufficient_privilege';
                    END IF;
                    IF TG_OP = 'INSERT' OR NEW.deleted_at IS NULL THEN -- a tenant that is new, or was brought back
                        NEW.erasure_attempts := 0;
                        NEW.erasure_failed_at := NULL;
                        NEW.erasure_reason := NULL;
                        NEW.erasure_next_at := NULL;
                    END IF;
                    RETURN NEW;
                END
                $$;
                REVOKE ALL ON FUNCTION guard_erasure_state() FROM PUBLIC;
                CREATE TRIGGER guard_erasure_state BEFORE INSERT OR UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION guard_erasure_state();
                GRANT SELECT (erasure_attempts, erasure_failed_at, erasure_reason, erasure_next_at),
                      UPDATE (erasure_attempts, erasure_failed_at, erasure_reason, erasure_next_at) ON tenants TO tenantry_doors;

                -- A row that refers to another of its own table lets go of it before either is deleted. Tables that are made later get this when they are made.
                GRANT SELECT (parent_id), UPDATE (parent_id) ON roles TO tenantry_doors;

                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                SET ROLE tenantry_doors;

                -- One tenant to erase, for one instance: no other gets it until the lease ends. Those that never failed come first.
                CREATE FUNCTION claim_erasure(before timestamptz, lease interval) RETURNS TABLE (id uuid, slug text)
                LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    UPDATE public.tenants t SET erasure_next_at = now() + lease
                    WHERE t.id = (SELECT d.id FROM public.tenants d
                                  WHERE d.deleted_at <= least(before, now()) AND NOT d.is_active AND d.slug <> 'platform' AND (d.erasure_next_at IS NULL OR d.erasure_next_at <= now())
                                  ORDER BY d.erasure_attempts, d.deleted_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING t.id, t.slug
                $$;

                -- Some rows of such a tenant. First those that refer to others of their own table let go of them: in any order of deletion, one of the bite could be referred to by one that is not in it.
                CREATE FUNCTION erase_rows(of_tenant uuid, from_table text, most integer, before timestamptz, lease interval) RETURNS TABLE (detached integer, erased integer)
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
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

                -- The next attempt comes after a minute, and after twice as long each time; at least once an hour.
                CREATE FUNCTION record_erasure_failure(of_tenant uuid, reason text) RETURNS boolean
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    UPDATE public.tenants t
                    SET erasure_attempts = t.erasure_attempts + 1, erasure_failed_at = now(), erasure_reason = left(reason, 500),
                        erasure_next_at = now() + least(interval '1 hour', interval '1 minute' * power(2, least(t.erasure_attempts, 10)))
                    WHERE t.id = of_tenant AND t.deleted_at IS NOT NULL AND NOT t.is_active AND t.slug <> 'platform';
                    RETURN FOUND;
                END
                $$;

                -- Of erasures that failed: of the own tenant, or for whoever acts in the platform's.
                CREATE FUNCTION failed_erasures(of_tenants uuid[]) RETURNS TABLE (id uuid, attempts integer, failed_at timestamptz, reason text, next_attempt_at timestamptz)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.erasure_attempts, t.erasure_failed_at, t.erasure_reason, t.erasure_next_at
                    FROM public.tenants t
                    WHERE t.id = ANY (of_tenants) AND t.erasure_failed_at IS NOT NULL
                      AND (t.id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid
                           OR EXISTS (SELECT FROM public.tenants p WHERE p.slug = 'platform' AND p.id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid))
                $$;

                CREATE FUNCTION measure_erasures(before timestamptz) RETURNS TABLE (due bigint, failing bigint)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT count(*), count(*) FILTER (WHERE t.erasure_failed_at IS NOT NULL)
                    FROM public.tenants t WHERE t.deleted_at <= least(before, now()) AND NOT t.is_active AND t.slug <> 'platform'
                $$;

                REVOKE ALL ON FUNCTION claim_erasure(timestamptz, interval), erase_rows(uuid, text, integer, timestamptz, interval), record_erasure_failure(uuid, text),
                                       failed_erasures(uuid[]), measure_erasures(timestamptz) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION claim_erasure(timestamptz, interval), erase_rows(uuid, text, integer, timestamptz, interval), record_erasure_failure(uuid, text),
                                          failed_erasures(uuid[]), measure_erasures(timestamptz) TO tenantry_serving;
                RESET ROLE;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
