using System.Collections.Frozen;
using System.Text.Json;
using Tenantry.Features.Files;
using Tenantry.Foundation.Hosting.Http;
using static Tenantry.Features.Tenants.Archives.ArchiveColumns;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Every table of a tenant, and what an import accepts for each column. An archive is a file from outside: a table or
/// column that is not declared here is refused. A test compares the declarations with the database model.
/// </summary>
public static class ArchiveTables
{
    public static readonly IReadOnlyList<ArchiveTable> All =
    [
        Always(
            "tenants",
            "id created_at updated_at registration verification_required mail_on_new_device",
            Text("name", 200, isNeeded: true),
            new("slug")
            {
                Fault = (value, row) =>
                    value.GetString() == row.Context.Manifest.Slug ? null : "is not the slug of the manifest",
            },
            ArchiveColumn.Validated("custom_domain", new DomainAttribute()),
            Number("session_idle_days", 1, 365),
            Number("session_days", 1, 3650),
            new("allowed_origins")
            {
                Fault = (value, _) => FaultOf(new OriginListAttribute(), "allowed_origins", Strings(value)),
            },
            Text("sender_name", 100),
            ArchiveColumn.Validated("sender_address", new EmailAttribute()),
            Metadata,
            Reset("custom_domain_verified_at", null),
            Reset("subscription_tier", "free"),
            Reset("rate_limit_per_minute", null),
            Reset("is_active", false),
            Reset("deleted_at", null)
        ),
        Restorable(
            "users",
            "tenant_id id created_at updated_at is_active last_login_at",
            ArchiveColumn.Validated("email", new EmailAttribute(), isNeeded: true),
            new("email_normalized")
            {
                Computed = row => row.Text("email") is { } email ? EmailAddress.Key(email) : null,
            },
            PasswordHash,
            SearchKey,
            Text("first_name", 100),
            Text("last_name", 100),
            ArchiveColumn.Validated("phone", new PhoneNumberAttribute()),
            Text("locale", 35),
            Metadata,
            Reset("email_verified", false) with
            {
                Overwritten = "users.email_verified AND users.email_normalized = excluded.email_normalized",
            },
            Reset("is_self_registered", false)
        ),
        Restorable(
            "roles",
            "tenant_id id created_at updated_at parent_id",
            Text("name", 100, isNeeded: true),
            Text("description", 500),
            new("is_system_role")
            {
                IsFixed = true,
                Fault = (value, row) =>
                    (value.ValueKind == JsonValueKind.True) == IsSystemRole(row)
                        ? null
                        : "must be true for system roles, and for no other roles",
            }
        ),
        Restorable(
            "role_permissions",
            "tenant_id role_id",
            new ArchiveColumn("permission_id")
            {
                Fault = (value, row) =>
                    row.Context.Permissions.ContainsKey(value.GetGuid())
                        ? null
                        : "is not a permission that a role of the tenant can have: it does not exist, or is reserved for the platform",
                Computed = row =>
                    Guid.TryParse(row.Text("permission_id"), out var id) ? row.Context.Permissions[id] : null,
            }
        ),
        Restorable("user_roles", "tenant_id user_id role_id assigned_at"),
        Restorable(
            "files",
            "tenant_id id created_at updated_at tags",
            new("file_key")
            {
                IsFixed = true,
                Fault = KeyFault,
                Computed = row => row.Text("file_key") is { } key ? row.Context.NewKey(key) : null,
            },
            new("file_name")
            {
                Fault = (value, _) =>
                    FileName.Clean(value.GetString()) == value.GetString() ? null : "is not a valid file name",
            },
            new("search") { Computed = row => row.Text("file_name") is { } name ? StoredFile.Searched(name) : null },
            SearchKey,
            new("mime_type")
            {
                IsFixed = true,
                Fault = (value, _) =>
                    FileType.Normalize(value.GetString()) == value.GetString() ? null : "is not a valid media type",
            },
            Fixed("user_id"),
            Fixed("file_size"),
            Fixed("sha256"),
            Metadata,
            // A finding of the other installation's scanner is kept. That it found nothing is not trusted.
            new("scan")
            {
                IsFixed = true,
                Reset = row =>
                    row.Text("scan") is "infected" or "unscannable" ? row.Text("scan") : row.Context.ScanStatus,
            },
            new("threat")
            {
                IsFixed = true,
                Fault = (value, _) => FaultOf(new ShortTextAttribute(500), "threat", value.GetString()),
            }
        ),
        Restorable(
            "file_links",
            "tenant_id id created_at created_by expires_at file_id token_hash downloads most_downloads",
            PasswordHash
        ),
        Restorable("file_settings", "tenant_id updated_at refused_types"),
        // The endpoint is a resource of the platform's account with the provider. It is created again from the token.
        Restorable(
            "devices",
            "tenant_id id created_at updated_at user_id retired_because",
            Text("name", 100),
            Text("token", 4096, isNeeded: true),
            Reset("endpoint_arn", null) with
            {
                Overwritten = "CASE WHEN devices.token = excluded.token THEN devices.endpoint_arn END",
            }
        ),
        Restorable(
            "notification_settings",
            "tenant_id updated_at redact_bodies sms_countries",
            Text("default_region", 2),
            Text("locale", 35),
            Number("sms_per_number_per_day", 0, 1_000),
            Number("sms_per_country_per_day", 0, 1_000_000),
            Number("sms_per_day", 0, 1_000_000)
        ),
        Restorable("notification_suppressions", "tenant_id id created_at detail notification_id reason recipient type"),
        Restorable(
            "notification_templates",
            "tenant_id id created_at updated_at name type is_active revision subject body html_body",
            Text("locale", 35),
            new("translations") { Fault = ArchivedTemplate.TextsFault },
            new("variables") { Fault = ArchivedTemplate.Fault },
            new("problem") { Computed = _ => null },
            new("problem_at") { Computed = _ => null }
        ),
        Restorable(
            "notification_template_versions",
            "tenant_id id created_at created_by template_id revision subject body html_body",
            Text("locale", 35),
            new("translations") { Fault = ArchivedTemplate.TextsFault },
            new("variables") { Fault = ArchivedTemplate.Fault }
        ),
        // The installation that the archive comes from sends its queued messages. Otherwise a recipient would get a
        // message from both installations.
        Always(
            "notification_logs",
            "tenant_id id created_at user_id sent_by type recipient template_name is_secret priority category due_at attempts send_at transport provider_id "
                + "country segments sent_at feedback_at cause",
            NotSecret("subject"),
            NotSecret("body"),
            NotSecret("html_body"),
            new("status") { Computed = row => IsQueued(row) ? "cancelled" : row.Text("status") },
            new("is_ready") { Computed = _ => false },
            new("error_message")
            {
                Computed = row =>
                    IsQueued(row) ? Queued
                    : row.IsTrue("is_secret") ? null
                    : row.Text("error_message"),
                Exported = "CASE WHEN NOT is_secret THEN error_message END",
            },
            new("sealed_text") { Computed = _ => null, Exported = "NULL::bytea" },
            new("worker_id") { Computed = _ => null }
        ),
        // Attack: partitions of months are shared by all tenants. An event in a future month would be stored in the
        // default partition, and the partition of that month could not be created.
        Always(
            "audit_events",
            "tenant_id action actor_id actor_tenant_id address changes details occurred_at on_behalf_of outcome target_id trace_id user_agent",
            new ArchiveColumn("id")
            {
                Fault = (value, row) =>
                    TimeOf(value.GetGuid()) <= row.Context.Now.AddDays(1) ? null : "contains a time in the future",
            }
        ),
        TrustedOnly(
            "sessions",
            "it authenticates a user",
            "tenant_id id address created_at expires_at last_used_at revoked_at user_agent user_id"
        ),
        TrustedOnly(
            "refresh_tokens",
            "it authenticates a user",
            "tenant_id id created_at expires_at family replaced_at revoked_at token_hash user_id"
        ),
        TrustedOnly(
            "mailed_tokens",
            "it authenticates a user",
            "tenant_id id created_at expires_at purpose token_hash user_id",
            ArchiveColumn.Validated("email", new EmailAttribute()),
            PasswordHash,
            Text("first_name", 100),
            Text("last_name", 100)
        ),
        TrustedOnly(
            "message_counts",
            "quotas are counted with it",
            "tenant_id day type country spread messages segments"
        ),
        TrustedOnly("request_days", "it contains what the platform measured", "tenant_id day refusals requests"),
        Never("sign_in_attempts", "the waiting time after wrong passwords is minutes"),
        Never("mail_requests", "the other installation processes its own queue"),
        Never("idempotency_keys", "they contain responses of the other installation"),
        Never("file_uploads", "an upload ends in the installation where it began"),
        Never("resumable_uploads", "an upload ends in the installation where it began"),
        Never("resumable_parts", "an upload ends in the installation where it began"),
        Never("storage_counts", "counted again from the files"),
        Never("audit_links", "linked again from the events"),
        Never("audit_heads", "signed again"),
    ];

    public static readonly FrozenDictionary<string, ArchiveTable> ByName = All.ToFrozenDictionary(
        table => table.Name,
        StringComparer.Ordinal
    );

    private static ArchiveTable Always(string name, string unchanged, params ArchiveColumn[] others) =>
        new(name, ImportPolicy.Always, "", false, Columns(unchanged, others));

    private static ArchiveTable Restorable(string name, string unchanged, params ArchiveColumn[] others) =>
        new(name, ImportPolicy.Always, "", true, Columns(unchanged, others));

    private static ArchiveTable TrustedOnly(string name, string why, string unchanged, params ArchiveColumn[] others) =>
        new(name, ImportPolicy.TrustedOnly, why, false, Columns(unchanged, others));

    private static ArchiveTable Never(string name, string why) => new(name, ImportPolicy.Never, why, false, []);

    private static List<ArchiveColumn> Columns(string unchanged, ArchiveColumn[] others) =>
        [.. unchanged.Split(' ').Select(name => new ArchiveColumn(name)), .. others];
}
