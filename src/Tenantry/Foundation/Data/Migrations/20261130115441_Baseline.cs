using Tenantry.Foundation.Data.Database;
using System;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Data.Migrations
{
    /// <summary>The schema of version 0.1, in one step: what 35 migrations made, of which nothing was released.</summary>
    public partial class Baseline : Migration
    {
        public const string Id = "20261130115441_Baseline";

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

            migrationBuilder.CreateTable(
                name: "file_reconciliations",
                columns: table => new
                {
                    night = table.Column<DateOnly>(type: "date", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    report = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_reconciliations", x => x.night);
                });

            migrationBuilder.CreateTable(
                name: "instances",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_instances", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "object_removals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    object_key = table.Column<string>(type: "text", nullable: false),
                    store_upload = table.Column<string>(type: "text", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    bytes = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    counts_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_object_removals", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "object_scans",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    object_key = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_object_scans", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "permissions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    resource = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_permissions", x => x.id);
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
                name: "signing_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    public_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    protected_private_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    signs_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signing_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tenants",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    slug = table.Column<string>(type: "text", nullable: false),
                    custom_domain = table.Column<string>(type: "text", nullable: true),
                    custom_domain_verified_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    subscription_tier = table.Column<string>(type: "text", nullable: false),
                    rate_limit_per_minute = table.Column<int>(type: "integer", nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    registration = table.Column<string>(type: "text", nullable: false),
                    verification_required = table.Column<bool>(type: "boolean", nullable: false),
                    mail_on_new_device = table.Column<bool>(type: "boolean", nullable: false),
                    session_idle_days = table.Column<int>(type: "integer", nullable: true),
                    session_days = table.Column<int>(type: "integer", nullable: true),
                    allowed_origins = table.Column<string[]>(type: "text[]", nullable: false),
                    sender_name = table.Column<string>(type: "text", nullable: true),
                    sender_address = table.Column<string>(type: "text", nullable: true),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    metadata = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenants", x => x.id);
                });

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
                    table.ForeignKey(name: "fk_audit_heads_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
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
                    table.ForeignKey(name: "fk_audit_links_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "file_settings",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    refused_types = table.Column<string[]>(type: "text[]", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_settings", x => x.tenant_id);
                    table.ForeignKey(name: "fk_file_settings_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "file_uploads",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    object_key = table.Column<string>(type: "text", nullable: false),
                    store_upload = table.Column<string>(type: "text", nullable: true),
                    parts = table.Column<int>(type: "integer", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    mime_type = table.Column<string>(type: "text", nullable: false),
                    file_size = table.Column<long>(type: "bigint", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    metadata = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_uploads", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_file_uploads_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "files",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    file_key = table.Column<string>(type: "text", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    search = table.Column<string>(type: "text", nullable: false),
                    mime_type = table.Column<string>(type: "text", nullable: false),
                    file_size = table.Column<long>(type: "bigint", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    metadata = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    scan = table.Column<string>(type: "text", nullable: false),
                    threat = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_files", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_files_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    route = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    body_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    headers = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    body = table.Column<byte[]>(type: "bytea", nullable: false),
                    permissions = table.Column<string[]>(type: "text[]", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => new { x.tenant_id, x.user_id, x.route, x.key });
                    table.ForeignKey(name: "fk_idempotency_keys_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "mail_requests",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    email_normalized = table.Column<string>(type: "text", nullable: false),
                    languages = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mail_requests", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_mail_requests_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
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
                    table.ForeignKey(name: "fk_message_counts_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "notification_logs",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    sent_by = table.Column<Guid>(type: "uuid", nullable: true),
                    type = table.Column<string>(type: "text", nullable: false),
                    recipient = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: true),
                    template_name = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<string>(type: "text", nullable: true),
                    html_body = table.Column<string>(type: "text", nullable: true),
                    sealed_text = table.Column<byte[]>(type: "bytea", nullable: true),
                    is_secret = table.Column<bool>(type: "boolean", nullable: false),
                    priority = table.Column<short>(type: "smallint", nullable: false),
                    category = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    is_ready = table.Column<bool>(type: "boolean", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    worker_id = table.Column<Guid>(type: "uuid", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    send_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    transport = table.Column<string>(type: "text", nullable: true),
                    provider_id = table.Column<string>(type: "text", nullable: true),
                    error_message = table.Column<string>(type: "text", nullable: true),
                    country = table.Column<string>(type: "text", nullable: true),
                    segments = table.Column<int>(type: "integer", nullable: true),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    feedback_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cause = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_logs", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_notification_logs_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
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
                    table.ForeignKey(name: "fk_notification_settings_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
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
                    table.ForeignKey(name: "fk_notification_suppressions_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
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
                    problem = table.Column<string>(type: "text", nullable: true),
                    problem_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_templates", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_notification_templates_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "request_days",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    requests = table.Column<long>(type: "bigint", nullable: false),
                    refusals = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_request_days", x => new { x.tenant_id, x.day });
                    table.ForeignKey(name: "fk_request_days_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "resumable_uploads",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    mime_type = table.Column<string>(type: "text", nullable: true),
                    file_size = table.Column<long>(type: "bigint", nullable: false),
                    metadata = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    described = table.Column<string>(type: "text", nullable: true),
                    received = table.Column<long>(type: "bigint", nullable: false),
                    is_file = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resumable_uploads", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_resumable_uploads_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "roles",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    parent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    is_system_role = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_roles", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_roles_roles_tenant_id_parent_id", columns: x => new { x.tenant_id, x.parent_id }, principalTable: "roles", principalColumns: new[] { "tenant_id", "id" });
                    table.ForeignKey(name: "fk_roles_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "sign_in_attempts",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<byte[]>(type: "bytea", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    under_way = table.Column<int>(type: "integer", nullable: false),
                    last_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    held_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_in_attempts", x => new { x.tenant_id, x.kind, x.subject });
                    table.ForeignKey(name: "fk_sign_in_attempts_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "storage_counts",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    files = table.Column<long>(type: "bigint", nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_storage_counts", x => x.tenant_id);
                    table.ForeignKey(name: "fk_storage_counts_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    email = table.Column<string>(type: "text", nullable: false),
                    email_normalized = table.Column<string>(type: "text", nullable: false),
                    password_hash = table.Column<string>(type: "text", nullable: true),
                    first_name = table.Column<string>(type: "text", nullable: true),
                    last_name = table.Column<string>(type: "text", nullable: true),
                    phone = table.Column<string>(type: "text", nullable: true),
                    locale = table.Column<string>(type: "text", nullable: true),
                    search = table.Column<string>(type: "text", nullable: false, computedColumnSql: "lower(email || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, ''))", stored: true),
                    email_verified = table.Column<bool>(type: "boolean", nullable: false),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    last_login_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_users_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "file_links",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    password_hash = table.Column<string>(type: "text", nullable: true),
                    most_downloads = table.Column<int>(type: "integer", nullable: true),
                    downloads = table.Column<int>(type: "integer", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_links", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_file_links_stored_file_tenant_id_file_id", columns: x => new { x.tenant_id, x.file_id }, principalTable: "files", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(name: "fk_file_links_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
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
                    table.ForeignKey(name: "fk_notification_template_versions_notification_templates_tenan", columns: x => new { x.tenant_id, x.template_id }, principalTable: "notification_templates", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(name: "fk_notification_template_versions_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "resumable_parts",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    upload_id = table.Column<Guid>(type: "uuid", nullable: false),
                    start = table.Column<long>(type: "bigint", nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    object_key = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resumable_parts", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_resumable_parts_resumable_upload_tenant_id_upload_id", columns: x => new { x.tenant_id, x.upload_id }, principalTable: "resumable_uploads", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(name: "fk_resumable_parts_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "role_permissions",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role_id = table.Column<Guid>(type: "uuid", nullable: false),
                    permission_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_role_permissions", x => new { x.tenant_id, x.role_id, x.permission_id });
                    table.ForeignKey(name: "fk_role_permissions_permissions_permission_id", column: x => x.permission_id, principalTable: "permissions", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(name: "fk_role_permissions_roles_tenant_id_role_id", columns: x => new { x.tenant_id, x.role_id }, principalTable: "roles", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(name: "fk_role_permissions_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                });

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
                    table.ForeignKey(name: "fk_devices_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(name: "fk_devices_user_tenant_id_user_id", columns: x => new { x.tenant_id, x.user_id }, principalTable: "users", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "mailed_tokens",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mailed_tokens", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_mailed_tokens_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(name: "fk_mailed_tokens_user_tenant_id_user_id", columns: x => new { x.tenant_id, x.user_id }, principalTable: "users", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    address = table.Column<IPAddress>(type: "inet", nullable: true),
                    user_agent = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sessions", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_sessions_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(name: "fk_sessions_user_tenant_id_user_id", columns: x => new { x.tenant_id, x.user_id }, principalTable: "users", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "user_roles",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role_id = table.Column<Guid>(type: "uuid", nullable: false),
                    assigned_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_user_roles", x => new { x.tenant_id, x.user_id, x.role_id });
                    table.ForeignKey(name: "fk_user_roles_role_tenant_id_role_id", columns: x => new { x.tenant_id, x.role_id }, principalTable: "roles", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(name: "fk_user_roles_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(name: "fk_user_roles_users_tenant_id_user_id", columns: x => new { x.tenant_id, x.user_id }, principalTable: "users", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "refresh_tokens",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    family = table.Column<Guid>(type: "uuid", nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    replaced_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_refresh_tokens", x => new { x.tenant_id, x.id });
                    table.ForeignKey(name: "fk_refresh_tokens_session_tenant_id_family", columns: x => new { x.tenant_id, x.family }, principalTable: "sessions", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(name: "fk_refresh_tokens_tenants_tenant_id", column: x => x.tenant_id, principalTable: "tenants", principalColumn: "id", onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(name: "fk_refresh_tokens_user_tenant_id_user_id", columns: x => new { x.tenant_id, x.user_id }, principalTable: "users", principalColumns: new[] { "tenant_id", "id" }, onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(name: "ix_devices_user", table: "devices", columns: new[] { "tenant_id", "user_id" });
            migrationBuilder.CreateIndex(name: "ux_devices_token", table: "devices", columns: new[] { "tenant_id", "token" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_file_links_file", table: "file_links", columns: new[] { "tenant_id", "file_id" });
            migrationBuilder.CreateIndex(name: "ux_file_links_token", table: "file_links", columns: new[] { "tenant_id", "token_hash" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_file_uploads_expiry", table: "file_uploads", column: "expires_at");
            migrationBuilder.CreateIndex(name: "ix_file_uploads_user", table: "file_uploads", columns: new[] { "tenant_id", "user_id" });
            migrationBuilder.CreateIndex(name: "ix_files_user", table: "files", columns: new[] { "tenant_id", "user_id", "id" });
            migrationBuilder.CreateIndex(name: "ux_files_key", table: "files", columns: new[] { "tenant_id", "file_key" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_idempotency_keys_expires_at", table: "idempotency_keys", column: "expires_at");
            migrationBuilder.CreateIndex(name: "ix_mail_requests_oldest", table: "mail_requests", column: "created_at");
            migrationBuilder.CreateIndex(name: "ix_mailed_tokens_user", table: "mailed_tokens", columns: new[] { "tenant_id", "user_id", "purpose" }) .Annotation("Npgsql:CreatedConcurrently", true);
            migrationBuilder.CreateIndex(name: "ux_mailed_tokens_hash", table: "mailed_tokens", columns: new[] { "tenant_id", "token_hash" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_notification_logs_age", table: "notification_logs", column: "created_at") .Annotation("Npgsql:IndexMethod", "brin");
            migrationBuilder.CreateIndex(name: "ix_notification_logs_due", table: "notification_logs", column: "due_at", filter: "NOT is_ready AND status IN ('queued', 'sending')");
            migrationBuilder.CreateIndex(name: "ix_notification_logs_mailbox", table: "notification_logs", column: "created_at", filter: "transport = 'mailbox'");
            migrationBuilder.CreateIndex(name: "ix_notification_logs_ready", table: "notification_logs", columns: new[] { "type", "tenant_id", "priority", "id" }, filter: "is_ready");
            migrationBuilder.CreateIndex(name: "ix_notification_logs_recipient", table: "notification_logs", columns: new[] { "tenant_id", "recipient", "id" });
            migrationBuilder.CreateIndex(
                name: "ix_notification_logs_trouble",
                table: "notification_logs",
                columns: new[] { "tenant_id", "status", "id" },
                filter: "status NOT IN ('queued', 'sending', 'sent', 'delivered')");

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

            migrationBuilder.CreateIndex(name: "ux_notification_templates_name", table: "notification_templates", columns: new[] { "tenant_id", "name" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_object_removals_due", table: "object_removals", column: "due_at");
            migrationBuilder.CreateIndex(name: "ix_object_scans_due", table: "object_scans", column: "due_at");
            migrationBuilder.CreateIndex(name: "ux_permissions_name", table: "permissions", column: "name", unique: true);
            migrationBuilder.CreateIndex(name: "ix_refresh_tokens_tenant_id_family", table: "refresh_tokens", columns: new[] { "tenant_id", "family" });
            migrationBuilder.CreateIndex(name: "ix_refresh_tokens_tenant_id_user_id", table: "refresh_tokens", columns: new[] { "tenant_id", "user_id" });
            migrationBuilder.CreateIndex(name: "ux_refresh_tokens_hash", table: "refresh_tokens", columns: new[] { "tenant_id", "token_hash" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_resumable_parts_key", table: "resumable_parts", columns: new[] { "tenant_id", "object_key" });
            migrationBuilder.CreateIndex(name: "ux_resumable_parts_start", table: "resumable_parts", columns: new[] { "tenant_id", "upload_id", "start" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_resumable_uploads_expiry", table: "resumable_uploads", column: "expires_at");
            migrationBuilder.CreateIndex(name: "ix_resumable_uploads_user", table: "resumable_uploads", columns: new[] { "tenant_id", "user_id" });
            migrationBuilder.CreateIndex(name: "ix_role_permissions_permission_id", table: "role_permissions", column: "permission_id");
            migrationBuilder.CreateIndex(name: "ix_roles_tenant_id_parent_id", table: "roles", columns: new[] { "tenant_id", "parent_id" });
            migrationBuilder.CreateIndex(name: "ux_roles_name", table: "roles", columns: new[] { "tenant_id", "name" }, unique: true);
            migrationBuilder.CreateIndex(name: "ix_sessions_tenant_id_user_id", table: "sessions", columns: new[] { "tenant_id", "user_id" });
            migrationBuilder.CreateIndex(name: "ix_sign_in_attempts_last_at", table: "sign_in_attempts", column: "last_at");
            migrationBuilder.CreateIndex(name: "ux_tenants_custom_domain", table: "tenants", column: "custom_domain", unique: true, filter: "custom_domain_verified_at IS NOT NULL");
            migrationBuilder.CreateIndex(name: "ux_tenants_slug", table: "tenants", column: "slug", unique: true);
            migrationBuilder.CreateIndex(name: "ix_user_roles_tenant_id_role_id", table: "user_roles", columns: new[] { "tenant_id", "role_id" });
            migrationBuilder.CreateIndex(name: "ux_users_email", table: "users", columns: new[] { "tenant_id", "email_normalized" }, unique: true);

            // What EF's model does not say: defaults, columns and indexes that SQL alone uses.
            migrationBuilder.Sql("""
                ALTER TABLE notification_logs
                    ALTER attempts SET DEFAULT 0, ALTER category SET DEFAULT 'transactional', ALTER due_at SET DEFAULT '-infinity', ALTER is_ready SET DEFAULT false,
                    ALTER is_secret SET DEFAULT false, ALTER priority SET DEFAULT 1;
                ALTER TABLE audit_links ADD COLUMN linked_at timestamptz NOT NULL DEFAULT now();
                ALTER TABLE tenants
                    ALTER mail_on_new_device SET DEFAULT false, ALTER allowed_origins SET DEFAULT ARRAY[]::text[],
                    ADD COLUMN audit_anchor bytea, -- where the chain of the tenant's audit log begins. Null: the tenant is older than anchors are
                    ADD COLUMN erasing_at timestamptz, ADD COLUMN erasure_attempts integer NOT NULL DEFAULT 0, ADD COLUMN erasure_failed_at timestamptz,
                    ADD COLUMN erasure_reason text, ADD COLUMN erasure_next_at timestamptz;
                CREATE INDEX ix_notification_logs_own_mails ON notification_logs (tenant_id, lower(normalize(recipient, NFC)), id) WHERE sent_by IS NULL;
                CREATE INDEX ix_object_removals_turn ON object_removals (split_part(object_key, '/', 1) COLLATE "C", due_at);
                CREATE INDEX ix_object_scans_turn ON object_scans (split_part(object_key, '/', 1) COLLATE "C", due_at);
                """);

            // The audit log: a partition a month, in a schema of the role whose functions make and drop them. The role that attaches a partition must own the table.
            migrationBuilder.Sql($"""
                CREATE SCHEMA audit_months AUTHORIZATION {TenantPolicy.CrossTenantRole};
                REVOKE ALL ON SCHEMA audit_months FROM PUBLIC;
                CREATE TABLE audit_events (
                    tenant_id uuid NOT NULL,
                    id uuid NOT NULL,
                    occurred_at timestamptz NOT NULL,
                    action text NOT NULL,
                    outcome text NOT NULL,
                    actor_id uuid,
                    actor_tenant_id uuid,
                    on_behalf_of uuid,
                    target_id uuid,
                    changes jsonb,
                    details jsonb,
                    address inet,
                    user_agent text,
                    trace_id text,
                    CONSTRAINT pk_audit_events PRIMARY KEY (tenant_id, id),
                    CONSTRAINT fk_audit_events_tenants_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT
                ) PARTITION BY RANGE (id);
                CREATE INDEX ix_audit_events_action ON audit_events (tenant_id, action, id);
                CREATE INDEX ix_audit_events_actor ON audit_events (tenant_id, actor_id, id);
                CREATE INDEX ix_audit_events_target ON audit_events (tenant_id, target_id, id);
                -- What no month takes: nothing may keep a change from being made.
                CREATE TABLE audit_months.rest PARTITION OF audit_events DEFAULT;
                ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
                ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
                CREATE POLICY {TenantPolicy.Name} ON audit_events USING ({TenantPolicy.Expression("tenant_id")}) WITH CHECK ({TenantPolicy.Expression("tenant_id")});
                {TenantPolicy.Purge("audit_events")};
                GRANT SELECT, INSERT ON audit_events TO {TenantPolicy.ServingRole};
                ALTER TABLE audit_months.rest OWNER TO {TenantPolicy.CrossTenantRole};
                GRANT CREATE ON SCHEMA public TO {TenantPolicy.CrossTenantRole};
                ALTER TABLE audit_events OWNER TO {TenantPolicy.CrossTenantRole};
                REVOKE CREATE ON SCHEMA public FROM {TenantPolicy.CrossTenantRole};
                """);

            // What the cross-tenant functions may, column by column: DoorRights holds the same list against the database.
            migrationBuilder.Sql($"""
                GRANT SELECT (id, signed_at) ON audit_heads TO {TenantPolicy.CrossTenantRole};
                GRANT INSERT, SELECT ON audit_links TO {TenantPolicy.CrossTenantRole};
                GRANT INSERT, SELECT, UPDATE (erased_at) ON erased_tenants TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (expires_at) ON file_uploads TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (expires_at) ON idempotency_keys TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT, UPDATE ON mail_requests TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (expires_at) ON mailed_tokens TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (day) ON message_counts TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (attempts, body, created_at, due_at, html_body, id, is_ready, priority, recipient, sealed_text, status, subject, transport, type, worker_id), UPDATE (attempts, due_at, is_ready, status, worker_id) ON notification_logs TO {TenantPolicy.CrossTenantRole};
                GRANT DELETE, INSERT, SELECT ON object_removals TO {TenantPolicy.CrossTenantRole};
                GRANT DELETE, SELECT ON object_scans TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (expires_at) ON refresh_tokens TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (day) ON request_days TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (expires_at) ON resumable_uploads TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (created_at, expires_at, revoked_at) ON sessions TO {TenantPolicy.CrossTenantRole};
                GRANT SELECT (last_at) ON sign_in_attempts TO {TenantPolicy.CrossTenantRole};
                GRANT DELETE, SELECT (allowed_origins, audit_anchor, created_at, custom_domain, custom_domain_verified_at, deleted_at, erasing_at, erasure_attempts, erasure_failed_at, erasure_next_at, erasure_reason, id, is_active, mail_on_new_device, metadata, name, rate_limit_per_minute, registration, sender_address, sender_name, session_days, session_idle_days, slug, subscription_tier, updated_at, verification_required), UPDATE (erasing_at, erasure_attempts, erasure_failed_at, erasure_next_at, erasure_reason) ON tenants TO {TenantPolicy.CrossTenantRole};
                CREATE POLICY doors_sweep ON file_uploads TO {TenantPolicy.CrossTenantRole} USING (expires_at < now());
                CREATE POLICY doors_sweep ON idempotency_keys TO {TenantPolicy.CrossTenantRole} USING (true);
                CREATE POLICY doors_take ON mail_requests TO {TenantPolicy.CrossTenantRole} USING (true);
                CREATE POLICY doors_sweep ON mailed_tokens TO {TenantPolicy.CrossTenantRole} USING (true);
                CREATE POLICY doors_sweep ON message_counts TO {TenantPolicy.CrossTenantRole} USING (day < (now() - interval '400 days')::date);
                CREATE POLICY doors_queue ON notification_logs TO {TenantPolicy.CrossTenantRole} USING (status IN ('queued', 'sending')) WITH CHECK (status IN ('queued', 'sending'));
                CREATE POLICY doors_read_mailbox ON notification_logs FOR SELECT TO {TenantPolicy.CrossTenantRole} USING (transport = 'mailbox');
                CREATE POLICY doors_sweep ON notification_logs TO {TenantPolicy.CrossTenantRole} USING (status NOT IN ('queued', 'sending') AND created_at < now() - interval '1 day');
                CREATE POLICY doors_sweep ON refresh_tokens TO {TenantPolicy.CrossTenantRole} USING (true);
                CREATE POLICY doors_sweep ON request_days TO {TenantPolicy.CrossTenantRole} USING (true);
                CREATE POLICY doors_sweep ON resumable_uploads TO {TenantPolicy.CrossTenantRole} USING (expires_at < now());
                CREATE POLICY doors_sweep ON sessions TO {TenantPolicy.CrossTenantRole} USING (true);
                CREATE POLICY doors_sweep ON sign_in_attempts TO {TenantPolicy.CrossTenantRole} USING (true);
                CREATE POLICY doors_erase ON tenants FOR UPDATE TO {TenantPolicy.CrossTenantRole} USING (deleted_at IS NOT NULL AND slug <> 'platform');
                CREATE POLICY doors_purge ON tenants FOR DELETE TO {TenantPolicy.CrossTenantRole} USING (deleted_at IS NOT NULL);
                CREATE POLICY doors_read ON tenants FOR SELECT TO {TenantPolicy.CrossTenantRole} USING (true);
                """);

            // Functions are called by the roles that the product has, not by every role that may connect.
            migrationBuilder.Sql($"""
                ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
                ALTER DEFAULT PRIVILEGES FOR ROLE {TenantPolicy.CrossTenantRole} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("The baseline is not taken back: drop the database.");
    }
}
