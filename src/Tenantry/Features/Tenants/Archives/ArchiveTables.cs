using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Tenantry.Features.Files;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Every table of a tenant, and what an import takes of it. Whoever adds a table or a column says here what a file from outside may put into it; a test compares this with the model.
/// </summary>
public static class ArchiveTables
{
    private const string Waited = "It waited in the queue of the installation that the tenant was taken from.";

    public static readonly IReadOnlyList<ArchiveTable> All =
    [
        Always(
            "tenants",
            "id created_at updated_at registration verification_required mail_on_new_device",
            Text("name", 200, isNeeded: true),
            new("slug")
            {
                Fault = (value, row) =>
                    value.GetString() == row.Terms.Manifest.Slug ? null : "is another than the manifest's",
            },
            ArchiveColumn.Checked("custom_domain", new DomainAttribute()),
            Number("session_idle_days", 1, 365),
            Number("session_days", 1, 3650),
            new("allowed_origins")
            {
                Fault = (value, _) => Faulty(new OriginListAttribute(), "allowed_origins", Strings(value)),
            },
            Text("sender_name", 100),
            ArchiveColumn.Checked("sender_address", new EmailAttribute()),
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
            ArchiveColumn.Checked("email", new EmailAttribute(), isNeeded: true),
            new("email_normalized") { Made = row => row.Text("email") is { } email ? User.Normalize(email) : null },
            Hash,
            Text("first_name", 100),
            Text("last_name", 100),
            ArchiveColumn.Checked("phone", new PhoneNumberAttribute()),
            Text("locale", 35),
            Reset("email_verified", false) with
            {
                Overwritten = "users.email_verified AND users.email_normalized = excluded.email_normalized",
            }
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
                        : "must be true for the roles that every tenant has, and for no others",
            }
        ),
        Restorable(
            "role_permissions",
            "tenant_id role_id",
            new ArchiveColumn("permission_id")
            {
                Fault = (value, row) =>
                    row.Terms.Permissions.ContainsKey(value.GetGuid())
                        ? null
                        : "is no permission that a role of the tenant can hold: unknown, or the platform's",
                Made = row => Guid.TryParse(row.Text("permission_id"), out var id) ? row.Terms.Permissions[id] : null,
            }
        ),
        Restorable("user_roles", "tenant_id user_id role_id assigned_at"),
        Restorable(
            "files",
            "tenant_id id created_at updated_at tags",
            new("file_key")
            {
                IsFixed = true,
                Fault = OwnKey,
                Made = row => row.Text("file_key") is { } key ? row.Terms.NewKey(key) : null,
            },
            new("file_name")
            {
                Fault = (value, _) =>
                    FileName.Clean(value.GetString()) == value.GetString() ? null : "is no name of a file",
            },
            new("search") { Made = row => row.Text("file_name") is { } name ? StoredFile.Searched(name) : null },
            new("mime_type")
            {
                IsFixed = true,
                Fault = (value, _) =>
                    FileType.Normalized(value.GetString()) == value.GetString() ? null : "is no media type",
            },
            Fixed("user_id"),
            Fixed("file_size"),
            Fixed("sha256"),
            Metadata,
            // What was found stays found; that nothing was found is another scanner's word.
            new("scan")
            {
                IsFixed = true,
                Reset = row => row.Text("scan") is "infected" or "unscannable" ? row.Text("scan") : row.Terms.Scan,
            },
            new("threat")
            {
                IsFixed = true,
                Fault = (value, _) => Faulty(new ShortTextAttribute(500), "threat", value.GetString()),
            }
        ),
        Restorable(
            "file_links",
            "tenant_id id created_at created_by expires_at file_id token_hash downloads most_downloads",
            Hash
        ),
        Restorable("file_settings", "tenant_id updated_at refused_types"),
        // The endpoint is a resource of the platform's own account with the provider: it is made anew from the token.
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
            new("problem") { Made = _ => null },
            new("problem_at") { Made = _ => null }
        ),
        Restorable(
            "notification_template_versions",
            "tenant_id id created_at created_by template_id revision subject body html_body",
            Text("locale", 35),
            new("translations") { Fault = ArchivedTemplate.TextsFault },
            new("variables") { Fault = ArchivedTemplate.Fault }
        ),
        // What waited is sent by the installation that it comes from: nobody gets a message from both.
        Always(
            "notification_logs",
            "tenant_id id created_at user_id sent_by type recipient template_name is_secret priority category due_at attempts send_at transport provider_id "
                + "country segments sent_at feedback_at cause",
            Secret("subject"),
            Secret("body"),
            Secret("html_body"),
            new("status") { Made = row => Waits(row) ? "cancelled" : row.Text("status") },
            new("is_ready") { Made = _ => false },
            new("error_message")
            {
                Made = row =>
                    Waits(row) ? Waited
                    : row.Says("is_secret") ? null
                    : row.Text("error_message"),
                Exported = "CASE WHEN NOT is_secret THEN error_message END",
            },
            new("sealed_text") { Made = _ => null, Exported = "NULL::bytea" },
            new("worker_id") { Made = _ => null }
        ),
        // Months have partitions that all tenants share: an event of a month to come would keep that one from being made.
        Always(
            "audit_events",
            "tenant_id action actor_id actor_tenant_id address changes details occurred_at on_behalf_of outcome target_id trace_id user_agent",
            new ArchiveColumn("id")
            {
                Fault = (value, row) =>
                    TimeOf(value.GetGuid()) <= row.Terms.Now.AddDays(1) ? null : "is of a time that has not come yet",
            }
        ),
        Trusted(
            "sessions",
            "it lets somebody in",
            "tenant_id id address created_at expires_at last_used_at revoked_at user_agent user_id"
        ),
        Trusted(
            "refresh_tokens",
            "it lets somebody in",
            "tenant_id id created_at expires_at family replaced_at revoked_at token_hash user_id"
        ),
        Trusted(
            "mailed_tokens",
            "it lets somebody in",
            "tenant_id id created_at expires_at purpose token_hash user_id"
        ),
        Trusted("message_counts", "quotas are counted by it", "tenant_id day type country spread messages segments"),
        Trusted("request_days", "it tells what the platform measured", "tenant_id day refusals requests"),
        Never("sign_in_attempts", "waits after wrong passwords last minutes"),
        Never("mail_requests", "a queue of the other installation, which answers it"),
        Never("idempotency_keys", "answers of the other installation, with what they held"),
        Never("file_uploads", "an upload under way ends where it began"),
        Never("resumable_uploads", "an upload under way ends where it began"),
        Never("resumable_parts", "an upload under way ends where it began"),
        Never("storage_counts", "counted anew from the files"),
        Never("audit_links", "linked anew from the events"),
        Never("audit_heads", "signed anew"),
    ];

    public static readonly FrozenDictionary<string, ArchiveTable> ByName = All.ToFrozenDictionary(
        table => table.Name,
        StringComparer.Ordinal
    );

    private static ArchiveColumn Metadata =>
        new("metadata")
        {
            Fault = (value, _) =>
                value.ValueKind != JsonValueKind.Object || value.GetRawText().Length > 64 * 1024
                    ? "must be a JSON object of 65536 bytes at most"
                : FreeJson.Fault(value) is { } wrong ? $"{wrong.Path} {wrong.Message}".TrimStart()
                : null,
        };

    private static ArchiveColumn Hash =>
        new("password_hash")
        {
            Fault = (value, row) => KnownHashAttribute.Fault(value.GetString()!, row.Terms.IsTrusted),
        };

    private static ArchiveTable Always(string name, string asTheyAre, params ArchiveColumn[] others) =>
        new(name, Arrival.Always, "", false, Columns(asTheyAre, others));

    private static ArchiveTable Restorable(string name, string asTheyAre, params ArchiveColumn[] others) =>
        new(name, Arrival.Always, "", true, Columns(asTheyAre, others));

    private static ArchiveTable Trusted(string name, string why, string asTheyAre) =>
        new(name, Arrival.Trusted, why, false, Columns(asTheyAre, []));

    private static ArchiveTable Never(string name, string why) => new(name, Arrival.Never, why, false, []);

    private static List<ArchiveColumn> Columns(string asTheyAre, ArchiveColumn[] others) =>
        [.. asTheyAre.Split(' ').Select(name => new ArchiveColumn(name)), .. others];

    private static ArchiveColumn Fixed(string name) => new(name) { IsFixed = true };

    private static ArchiveColumn Text(string name, int most, bool isNeeded = false) =>
        ArchiveColumn.Checked(name, new ShortTextAttribute(most), isNeeded);

    private static ArchiveColumn Number(string name, int least, int most) =>
        new(name)
        {
            Fault = (value, _) =>
                value.TryGetInt32(out var number) && number >= least && number <= most
                    ? null
                    : $"must be {least} to {most}",
        };

    private static ArchiveColumn Reset(string name, object? value) => new(name) { Reset = _ => value };

    /// <summary>A text that nobody is shown: it holds a one-time token.</summary>
    private static ArchiveColumn Secret(string name) =>
        new(name)
        {
            Made = row => row.Says("is_secret") ? null : row.Text(name),
            Exported = $"CASE WHEN NOT is_secret THEN {name} END",
        };

    private static string? OwnKey(JsonElement value, ArchiveRow row) =>
        row.Terms.IsOwn(value.GetString()!) ? null : "leads to an object of another tenant";

    private static bool Waits(ArchiveRow row) => row.Text("status") is "queued" or "sending";

    private static bool IsSystemRole(ArchiveRow row) =>
        SystemRoles.OfEveryTenant.Any(role => role.Name == row.Text("name"))
        || (row.Terms.IsPlatform && row.Text("name") == SystemRoles.PlatformAdministrator);

    private static string? Faulty(ValidationAttribute rule, string name, object? value) =>
        rule.IsValid(value) ? null : rule.FormatErrorMessage(name);

    private static List<string> Strings(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetString()!)];

    /// <summary>Of a UUID that begins with its time (RFC 9562, version 7).</summary>
    private static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;
        return milliseconds is >= 0 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.MaxValue;
    }
}
