using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// Texts of messages with a one-time link or code are stored encrypted and erased by the database when the message ends, and a template says why it is not used. Instances of the version before
    /// cannot open such a text: the function by which they claim messages leaves those to the new ones.
    /// </summary>
    public partial class SealedMails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "problem",
                table: "notification_templates",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "problem_at",
                table: "notification_templates",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "sealed_text",
                table: "notification_logs",
                type: "bytea",
                nullable: true);

            // Whoever ends a message, and by whatever statement: its texts are gone. The mailbox of a developer's machine is where people read what was sent.
            migrationBuilder.Sql("""
                CREATE FUNCTION forget_secret_message() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    NEW.subject := NULL;
                    NEW.body := NULL;
                    NEW.html_body := NULL;
                    NEW.sealed_text := NULL;
                    RETURN NEW;
                END
                $$;
                REVOKE ALL ON FUNCTION forget_secret_message() FROM PUBLIC;
                CREATE TRIGGER forget_secret_message BEFORE INSERT OR UPDATE ON notification_logs FOR EACH ROW
                    WHEN (NEW.is_secret AND NEW.status NOT IN ('queued', 'sending') AND NOT (NEW.status = 'sent' AND NEW.transport IS NOT DISTINCT FROM 'mailbox'))
                    EXECUTE FUNCTION forget_secret_message();
                """);

            migrationBuilder.Sql("""
                GRANT SELECT (sealed_text) ON notification_logs TO tenantry_doors;
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                SET ROLE tenantry_doors;

                -- As the one without with_sealed, which the version before calls.
                CREATE FUNCTION door_claim_messages(channel text, worker uuid, most integer, lease interval, served uuid, with_sealed boolean)
                RETURNS TABLE (tenant_id uuid, id uuid, attempts integer)
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    at timestamptz := clock_timestamp();
                    waiting uuid[] := '{}';
                    more uuid[];
                    one uuid := served;
                    wrapped boolean := false;
                    left_over integer := most;
                    share integer;
                    got integer;
                BEGIN
                    -- What has become due: to be sent later, tried again, or left by a worker that died.
                    UPDATE public.notification_logs n SET status = 'queued', is_ready = true
                    WHERE n.ctid = ANY (ARRAY(SELECT q.ctid FROM public.notification_logs q WHERE NOT q.is_ready AND q.status IN ('queued', 'sending') AND q.due_at <= at
                                              ORDER BY q.due_at LIMIT 1000 FOR UPDATE SKIP LOCKED));

                    -- From one tenant to the next along the index: as many steps as tenants wait, however much each has.
                    WHILE cardinality(waiting) < most LOOP
                        SELECT q.tenant_id INTO one FROM public.notification_logs q
                        WHERE q.is_ready AND q.type = channel AND q.tenant_id > one AND (with_sealed OR q.sealed_text IS NULL) ORDER BY q.tenant_id LIMIT 1;
                        IF one IS NULL THEN
                            EXIT WHEN wrapped;
                            wrapped := true;
                            one := '00000000-0000-0000-0000-000000000000';
                            CONTINUE;
                        END IF;
                        EXIT WHEN wrapped AND one > served;
                        waiting := waiting || one;
                    END LOOP;

                    WHILE left_over > 0 AND cardinality(waiting) > 0 LOOP
                        share := greatest(1, left_over / cardinality(waiting));
                        more := '{}';
                        FOREACH one IN ARRAY waiting LOOP
                            EXIT WHEN left_over = 0;
                            RETURN QUERY
                            UPDATE public.notification_logs n SET status = 'sending', is_ready = false, worker_id = worker, attempts = n.attempts + 1, due_at = at + lease
                            WHERE n.ctid = ANY (ARRAY(SELECT q.ctid FROM public.notification_logs q WHERE q.is_ready AND q.type = channel AND q.tenant_id = one AND (with_sealed OR q.sealed_text IS NULL)
                                                      ORDER BY q.priority, q.id LIMIT least(share, left_over) FOR UPDATE SKIP LOCKED))
                            RETURNING n.tenant_id, n.id, n.attempts;
                            GET DIAGNOSTICS got = ROW_COUNT;
                            left_over := left_over - got;
                            IF got = share THEN
                                more := more || one;
                            END IF;
                        END LOOP;
                        waiting := more;
                    END LOOP;
                END
                $$;
                CREATE OR REPLACE FUNCTION door_claim_messages(channel text, worker uuid, most integer, lease interval, served uuid)
                RETURNS TABLE (tenant_id uuid, id uuid, attempts integer)
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    RETURN QUERY SELECT c.tenant_id, c.id, c.attempts FROM public.door_claim_messages(channel, worker, most, lease, served, false) c;
                END
                $$;

                CREATE FUNCTION read_development_mailbox(to_recipient text, take integer)
                RETURNS TABLE (tenant_id uuid, id uuid, recipient text, type text, subject text, body text, html_body text, sealed_text bytea, created_at timestamptz)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT n.tenant_id, n.id, n.recipient, n.type, n.subject, n.body, n.html_body, n.sealed_text, n.created_at
                    FROM public.notification_logs n
                    WHERE n.transport = 'mailbox' AND n.status = 'sent' AND (to_recipient IS NULL OR lower(n.recipient) = lower(to_recipient))
                    ORDER BY n.created_at DESC, n.id DESC
                    LIMIT take
                $$;
                REVOKE ALL ON FUNCTION door_claim_messages(text, uuid, integer, interval, uuid, boolean), read_development_mailbox(text, integer) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_claim_messages(text, uuid, integer, interval, uuid, boolean), read_development_mailbox(text, integer) TO tenantry_serving;
                RESET ROLE;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
