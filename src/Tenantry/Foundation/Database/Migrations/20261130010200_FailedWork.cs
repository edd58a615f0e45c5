using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Queues of work take turns between tenants, and what fails has an end.</summary>
    public partial class FailedWork : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "failed_at",
                table: "object_scans",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "last_error",
                table: "object_scans",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "failed_at",
                table: "object_removals",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "last_error",
                table: "object_removals",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "attempts",
                table: "mail_requests",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "due_at",
                table: "mail_requests",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "failed_at",
                table: "mail_requests",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "last_error",
                table: "mail_requests",
                type: "text",
                nullable: true);

            // Entries are claimed one of each tenant in turn, wait longer after each failure, and end. What has failed for good is due at infinity: the version before passes it over too.
            migrationBuilder.Sql("""
                GRANT UPDATE, DELETE ON mail_requests TO tenantry_serving;
                GRANT SELECT, DELETE ON object_removals, object_scans TO tenantry_doors;

                CREATE FUNCTION claim_mail_requests(most integer, lease interval, served uuid, full_tenants uuid[])
                RETURNS TABLE (tenant_id uuid, id uuid, attempts integer, purpose text, email_normalized text, languages text)
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    at timestamptz := clock_timestamp();
                    one uuid := served;
                    wrapped boolean := false;
                    left_over integer := most;
                    got integer;
                BEGIN
                    -- From one tenant to the next along the key: as many steps as tenants have requests, however many each has.
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

                CREATE FUNCTION measure_work_queues() RETURNS TABLE (queue text, depth bigint, age double precision, failed bigint)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT 'mail_requests', count(*) FILTER (WHERE d.due_at <= now()), coalesce(extract(epoch FROM max(now() - d.due_at) FILTER (WHERE d.due_at <= now()))::double precision, 0), count(d.failed_at)
                    FROM (SELECT m.due_at, m.failed_at FROM public.mail_requests m LIMIT 100000) d
                    UNION ALL
                    SELECT 'object_removals', (SELECT count(*) FROM (SELECT FROM public.object_removals q WHERE q.due_at <= now() LIMIT 100000) d),
                           coalesce((SELECT extract(epoch FROM now() - q.due_at)::double precision FROM public.object_removals q WHERE q.due_at <= now() ORDER BY q.due_at LIMIT 1), 0),
                           (SELECT count(*) FROM (SELECT FROM public.object_removals q WHERE q.due_at = 'infinity' LIMIT 100000) d)
                    UNION ALL
                    SELECT 'object_scans', (SELECT count(*) FROM (SELECT FROM public.object_scans q WHERE q.due_at <= now() LIMIT 100000) d),
                           coalesce((SELECT extract(epoch FROM now() - q.due_at)::double precision FROM public.object_scans q WHERE q.due_at <= now() ORDER BY q.due_at LIMIT 1), 0),
                           (SELECT count(*) FROM (SELECT FROM public.object_scans q WHERE q.due_at = 'infinity' LIMIT 100000) d)
                $$;

                CREATE FUNCTION sweep_failed_work(before timestamptz, most integer) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    gone integer := 0;
                    got integer;
                BEGIN
                    DELETE FROM public.mail_requests m WHERE m.ctid = ANY (ARRAY(SELECT q.ctid FROM public.mail_requests q WHERE q.failed_at < before LIMIT most));
                    GET DIAGNOSTICS got = ROW_COUNT;
                    gone := gone + got;
                    DELETE FROM public.object_removals r WHERE r.ctid = ANY (ARRAY(SELECT q.ctid FROM public.object_removals q WHERE q.due_at = 'infinity' AND q.failed_at < before LIMIT most));
                    GET DIAGNOSTICS got = ROW_COUNT;
                    gone := gone + got;
                    DELETE FROM public.object_scans s WHERE s.ctid = ANY (ARRAY(SELECT q.ctid FROM public.object_scans q WHERE q.due_at = 'infinity' AND q.failed_at < before LIMIT most));
                    GET DIAGNOSTICS got = ROW_COUNT;
                    RETURN gone + got;
                END
                $$;

                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION claim_mail_requests(integer, interval, uuid, uuid[]) OWNER TO tenantry_doors;
                ALTER FUNCTION measure_work_queues() OWNER TO tenantry_doors;
                ALTER FUNCTION sweep_failed_work(timestamptz, integer) OWNER TO tenantry_doors;
                SET ROLE tenantry_doors;
                -- Of the version before, which goes on calling it while both serve: what waits for another try is not due, and what has failed never is.
                CREATE OR REPLACE FUNCTION door_take_mail_request()
                RETURNS TABLE (tenant_id uuid, purpose text, email_normalized text, languages text)
                LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    DELETE FROM public.mail_requests m
                    WHERE (m.tenant_id, m.id) = (SELECT q.tenant_id, q.id FROM public.mail_requests q WHERE q.due_at <= now() ORDER BY q.created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING m.tenant_id, m.purpose, m.email_normalized, m.languages
                $$;
                REVOKE ALL ON FUNCTION claim_mail_requests(integer, interval, uuid, uuid[]), measure_work_queues(), sweep_failed_work(timestamptz, integer) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION claim_mail_requests(integer, interval, uuid, uuid[]), measure_work_queues(), sweep_failed_work(timestamptz, integer) TO tenantry_serving;
                RESET ROLE;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;

                -- The tenant is the part of the key before the slash. These tables are the platform's: the serving role reads them by itself.
                CREATE FUNCTION claim_object_work(queue text, most integer, lease interval, served uuid, full_tenants uuid[])
                RETURNS TABLE (id uuid, object_key text, store_upload text, attempts integer)
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    at timestamptz := clock_timestamp();
                    one text := served::text;
                    wrapped boolean := false;
                    left_over integer := most;
                    got integer;
                BEGIN
                    IF queue NOT IN ('object_removals', 'object_scans') THEN
                        RAISE EXCEPTION 'There is no such queue.';
                    END IF;
                    WHILE left_over > 0 LOOP
                        EXECUTE format('SELECT split_part(q.object_key, ''/'', 1) FROM public.%I q WHERE split_part(q.object_key, ''/'', 1) COLLATE "C" > $1 ORDER BY split_part(q.object_key, ''/'', 1) COLLATE "C" LIMIT 1', queue)
                            INTO one USING one;
                        IF one IS NULL THEN
                            EXIT WHEN wrapped;
                            wrapped := true;
                            one := '';
                            CONTINUE;
                        END IF;
                        EXIT WHEN wrapped AND one COLLATE "C" > served::text;
                        CONTINUE WHEN one = ANY (full_tenants::text[]);
                        RETURN QUERY EXECUTE format('
                            UPDATE public.%1$I n SET attempts = n.attempts + 1, due_at = $1 + $2
                            WHERE n.ctid = ANY (ARRAY(SELECT q.ctid FROM public.%1$I q WHERE split_part(q.object_key, ''/'', 1) COLLATE "C" = $3 AND q.due_at <= $1 ORDER BY q.due_at LIMIT 1 FOR UPDATE SKIP LOCKED))
                            RETURNING n.id, n.object_key, to_jsonb(n) ->> ''store_upload'', n.attempts', queue) USING at, lease, one;
                        GET DIAGNOSTICS got = ROW_COUNT;
                        left_over := left_over - got;
                    END LOOP;
                END
                $$;
                REVOKE ALL ON FUNCTION claim_object_work(text, integer, interval, uuid, uuid[]) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION claim_object_work(text, integer, interval, uuid, uuid[]) TO tenantry_serving;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
