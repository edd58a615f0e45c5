using System;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Messages become a queue with leases, turns and a history; templates, devices, suppressions and the settings of each tenant come with them.</summary>
    public partial class Messages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_notification_logs_mailbox",
                table: "notification_logs");

            migrationBuilder.AddColumn<string>(
                name: "locale",
                table: "users",
                type: "text",
                nullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "transport",
                table: "notification_logs",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text");

            migrationBuilder.AlterColumn<string>(
                name: "body",
                table: "notification_logs",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text");

            migrationBuilder.AddColumn<int>(
                name: "attempts",
                table: "notification_logs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "category",
                table: "notification_logs",
                type: "text",
                nullable: false,
                defaultValue: "transactional");

            migrationBuilder.AddColumn<string>(
                name: "country",
                table: "notification_logs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "due_at",
                table: "notification_logs",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "feedback_at",
                table: "notification_logs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "html_body",
                table: "notification_logs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_ready",
                table: "notification_logs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "is_secret",
                table: "notification_logs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<short>(
                name: "priority",
                table: "notification_logs",
                type: "smallint",
                nullable: false,
                defaultValue: (short)1);

            migrationBuilder.AddColumn<string>(
                name: "provider_id",
                table: "notification_logs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "segments",
                table: "notification_logs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "send_at",
                table: "notification_logs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "sent_by",
                table: "notification_logs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "worker_id",
                table: "notification_logs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<uint>(
                name: "xmin",
                table: "notification_logs",
                type: "xid",
                rowVersion: true,
                nullable: false,
                defaultValue: 0u);

            migrationBuilder.AddColumn<string>(
                name: "languages",
                table: "mail_requests",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "devices",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    token = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: true),
                    endpoint_arn = table.Column<string>(type: "text", nullable: true),
                    retired_because = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_devices", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_devices_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_devices_user_tenant_id_user_id",
                        columns: x => new { x.tenant_id, x.user_id },
                        principalTable: "users",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "message_counts",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    country = table.Column<string>(type: "text", nullable: false),
                    spread = table.Column<short>(type: "smallint", nullable: false),
                    messages = table.Column<int>(type: "integer", nullable: false),
                    segments = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_message_counts", x => new { x.tenant_id, x.day, x.type, x.country, x.spread });
                    table.ForeignKey(
                        name: "fk_message_counts_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "notification_settings",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    locale = table.Column<string>(type: "text", nullable: false),
                    redact_bodies = table.Column<bool>(type: "boolean", nullable: false),
                    default_region = table.Column<string>(type: "text", nullable: true),
                    sms_countries = table.Column<string[]>(type: "text[]", nullable: false),
                    sms_per_number_per_day = table.Column<int>(type: "integer", nullable: false),
                    sms_per_country_per_day = table.Column<int>(type: "integer", nullable: false),
                    sms_per_day = table.Column<int>(type: "integer", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_settings", x => x.tenant_id);
                    table.ForeignKey(
                        name: "fk_notification_settings_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "notification_suppressions",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    recipient = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: true),
                    notification_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_suppressions", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_notification_suppressions_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "notification_templates",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    locale = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<string>(type: "text", nullable: true),
                    html_body = table.Column<string>(type: "text", nullable: true),
                    translations = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    variables = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_templates", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_notification_templates_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "seen_feedback",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_seen_feedback", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notification_template_versions",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    template_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    locale = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<string>(type: "text", nullable: true),
                    html_body = table.Column<string>(type: "text", nullable: true),
                    translations = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    variables = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_template_versions", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_notification_template_versions_notification_templates_tenan",
                        columns: x => new { x.tenant_id, x.template_id },
                        principalTable: "notification_templates",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_notification_template_versions_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_notification_logs_age",
                table: "notification_logs",
                column: "created_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "ix_notification_logs_due",
                table: "notification_logs",
                column: "due_at",
                filter: "NOT is_ready AND status IN ('queued', 'sending')");

            migrationBuilder.CreateIndex(
                name: "ix_notification_logs_mailbox",
                table: "notification_logs",
                column: "created_at",
                filter: "transport = 'mailbox'");

            migrationBuilder.CreateIndex(
                name: "ix_notification_logs_ready",
                table: "notification_logs",
                columns: new[] { "type", "tenant_id", "priority", "id" },
                filter: "is_ready");

            migrationBuilder.CreateIndex(
                name: "ix_notification_logs_recipient",
                table: "notification_logs",
                columns: new[] { "tenant_id", "recipient", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_notification_logs_trouble",
                table: "notification_logs",
                columns: new[] { "tenant_id", "status", "id" },
                filter: "status NOT IN ('queued', 'sending', 'sent', 'delivered')");

            migrationBuilder.CreateIndex(
                name: "ix_devices_user",
                table: "devices",
                columns: new[] { "tenant_id", "user_id" });

            migrationBuilder.CreateIndex(
                name: "ux_devices_token",
                table: "devices",
                columns: new[] { "tenant_id", "token" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_notification_suppressions_recipient",
                table: "notification_suppressions",
                columns: new[] { "tenant_id", "type", "recipient", "reason" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_notification_template_versions_revision",
                table: "notification_template_versions",
                columns: new[] { "tenant_id", "template_id", "revision" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_notification_templates_name",
                table: "notification_templates",
                columns: new[] { "tenant_id", "name" },
                unique: true);

            // The queue. A worker asks for some messages of a channel: the tenants that wait take turns, beginning after the one that was served last, each with an equal
            // share, and of each the most urgent come first. Many who send little are not held up by one who sends much. The clock is the database's: instances may differ.
            migrationBuilder.Sql("""
                GRANT SELECT (id, tenant_id, type, priority, status, is_ready, due_at, worker_id, attempts), UPDATE (status, is_ready, due_at, worker_id, attempts) ON notification_logs TO tenantry_doors;
                CREATE POLICY doors_queue ON notification_logs TO tenantry_doors USING (status IN ('queued', 'sending')) WITH CHECK (status IN ('queued', 'sending'));

                CREATE FUNCTION door_claim_messages(channel text, worker uuid, most integer, lease interval, served uuid)
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
                        SELECT q.tenant_id INTO one FROM public.notification_logs q WHERE q.is_ready AND q.type = channel AND q.tenant_id > one ORDER BY q.tenant_id LIMIT 1;
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
                            WHERE n.ctid = ANY (ARRAY(SELECT q.ctid FROM public.notification_logs q WHERE q.is_ready AND q.type = channel AND q.tenant_id = one
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

                -- The history goes after its time, in bites; nothing of the last day, whatever the caller says, and nothing that still waits.
                GRANT SELECT (created_at) ON notification_logs TO tenantry_doors;
                CREATE POLICY doors_sweep ON notification_logs TO tenantry_doors USING (status NOT IN ('queued', 'sending') AND created_at < now() - interval '1 day');
                GRANT SELECT (day) ON message_counts TO tenantry_doors;
                CREATE POLICY doors_sweep ON message_counts TO tenantry_doors USING (day < (now() - interval '400 days')::date);
                CREATE FUNCTION door_sweep_messages(before timestamptz, most integer) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    gone integer;
                    bite integer;
                BEGIN
                    IF NOT pg_try_advisory_xact_lock(hashtext('tenantry.sweep_messages')) THEN
                        RETURN 0; -- another instance is at it
                    END IF;
                    DELETE FROM public.notification_logs WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.notification_logs
                        WHERE status NOT IN ('queued', 'sending') AND created_at < least(before, now() - interval '1 day') LIMIT most));
                    GET DIAGNOSTICS gone = ROW_COUNT;
                    DELETE FROM public.message_counts WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.message_counts WHERE day < (now() - interval '400 days')::date LIMIT most));
                    GET DIAGNOSTICS bite = ROW_COUNT;
                    RETURN gone + bite;
                END
                $$;

                -- Whether the development mailbox is about to get something. It looks at nothing but that.
                CREATE FUNCTION door_mailbox_waits(to_recipient text) RETURNS boolean
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT EXISTS (SELECT FROM public.notification_logs n WHERE n.status IN ('queued', 'sending') AND (n.is_ready OR n.status = 'sending')
                                   AND (to_recipient IS NULL OR lower(n.recipient) = lower(to_recipient)))
                $$;
                SET ROLE tenantry_doors;
                DROP FUNCTION door_read_mailbox(text, integer);
                RESET ROLE;
                GRANT SELECT (html_body) ON notification_logs TO tenantry_doors;
                CREATE FUNCTION door_read_mailbox(to_recipient text, take integer)
                RETURNS TABLE (recipient text, type text, subject text, body text, html_body text, created_at timestamptz)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT n.recipient, n.type, n.subject, n.body, n.html_body, n.created_at
                    FROM public.notification_logs n
                    WHERE n.transport = 'mailbox' AND n.status = 'sent' AND (to_recipient IS NULL OR lower(n.recipient) = lower(to_recipient))
                    ORDER BY n.created_at DESC, n.id DESC
                    LIMIT take
                $$;

                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_claim_messages(text, uuid, integer, interval, uuid) OWNER TO tenantry_doors;
                ALTER FUNCTION door_sweep_messages(timestamptz, integer) OWNER TO tenantry_doors;
                ALTER FUNCTION door_mailbox_waits(text) OWNER TO tenantry_doors;
                ALTER FUNCTION door_read_mailbox(text, integer) OWNER TO tenantry_doors;
                SET ROLE tenantry_doors;
                DROP FUNCTION door_take_mail_request();
                CREATE FUNCTION door_take_mail_request()
                RETURNS TABLE (tenant_id uuid, purpose text, email_normalized text, languages text)
                LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    DELETE FROM public.mail_requests m
                    WHERE (m.tenant_id, m.id) = (SELECT q.tenant_id, q.id FROM public.mail_requests q ORDER BY q.created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING m.tenant_id, m.purpose, m.email_normalized, m.languages
                $$;
                REVOKE ALL ON FUNCTION door_claim_messages(text, uuid, integer, interval, uuid), door_sweep_messages(timestamptz, integer), door_mailbox_waits(text),
                                       door_read_mailbox(text, integer), door_take_mail_request() FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_claim_messages(text, uuid, integer, interval, uuid), door_sweep_messages(timestamptz, integer), door_mailbox_waits(text),
                                          door_read_mailbox(text, integer), door_take_mail_request() TO tenantry_serving;
                RESET ROLE;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                """);

            // What wakes the workers, and what empties the caches. One notice a transaction, however many messages it has.
            migrationBuilder.Sql("""
                CREATE FUNCTION tell_message() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    PERFORM pg_notify('tenantry_changes', 'notification_logs ' || NEW.type);
                    RETURN NULL;
                END
                $$;
                REVOKE ALL ON FUNCTION tell_message() FROM PUBLIC;
                CREATE TRIGGER tell_message AFTER INSERT ON notification_logs FOR EACH ROW WHEN (NEW.is_ready) EXECUTE FUNCTION tell_message();
                CREATE TRIGGER tell_again AFTER UPDATE OF status ON notification_logs FOR EACH ROW
                    WHEN (NEW.is_ready AND NEW.status = 'queued' AND OLD.status NOT IN ('queued', 'sending')) EXECUTE FUNCTION tell_message();
                CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON notification_templates FOR EACH ROW EXECUTE FUNCTION tell_standing('messages', 'tenant_id');
                CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON notification_settings FOR EACH ROW EXECUTE FUNCTION tell_standing('messages', 'tenant_id');
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
