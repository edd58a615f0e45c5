using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>Rules for the columns of <see cref="ArchiveTables"/> that several tables need.</summary>
internal static class ArchiveColumns
{
    /// <summary>
    /// The reason of a message that was queued. It is in the list of reasons of secret messages (SecretReason).
    /// </summary>
    public const string Queued = "It waited in the queue of the installation that the tenant was taken from.";

    private const int MaxMetadataBytes = 64 * 1024;

    public static ArchiveColumn Metadata =>
        new("metadata")
        {
            Fault = (value, _) =>
                value.ValueKind != JsonValueKind.Object || value.GetRawText().Length > MaxMetadataBytes
                    ? $"must be a JSON object of at most {MaxMetadataBytes} bytes"
                : FreeJson.Fault(value) is { } wrong ? $"{wrong.Path} {wrong.Message}".TrimStart()
                : null,
        };

    public static ArchiveColumn PasswordHash =>
        new("password_hash") { Fault = (value, row) => StoredHash.Fault(value.GetString()!, row.Context.IsTrusted) };

    /// <summary>A trigger stores it.</summary>
    public static ArchiveColumn SearchKey => new("search_key") { Computed = _ => null, Exported = "NULL::text" };

    /// <summary>A row that exists does not change in this column.</summary>
    public static ArchiveColumn Fixed(string name) => new(name) { IsFixed = true };

    public static ArchiveColumn Text(string name, int maxLength, bool isNeeded = false) =>
        ArchiveColumn.Validated(name, new ShortTextAttribute(maxLength), isNeeded);

    public static ArchiveColumn Number(string name, int min, int max) =>
        new(name)
        {
            Fault = (value, _) =>
                value.TryGetInt32(out var number) && number >= min && number <= max ? null : $"must be {min} to {max}",
        };

    public static ArchiveColumn Reset(string name, object? value) => new(name) { Reset = _ => value };

    /// <summary>
    /// A text of a message. If the message is secret, it contains a one-time token and is neither exported nor
    /// imported.
    /// </summary>
    public static ArchiveColumn NotSecret(string name) =>
        new(name)
        {
            Computed = row => row.IsTrue("is_secret") ? null : row.Text(name),
            Exported = $"CASE WHEN NOT is_secret THEN {name} END",
        };

    /// <summary>Attack: an archive refers to an object of another tenant, and its files give access to it.</summary>
    public static string? KeyFault(JsonElement value, ArchiveRow row) =>
        row.Context.IsOwnKey(value.GetString()!) ? null : "is not the key of an object of this tenant";

    public static bool IsQueued(ArchiveRow row) => row.Text("status") is "queued" or "sending";

    public static bool IsSystemRole(ArchiveRow row) =>
        SystemRoles.OfEveryTenant.Any(role => role.Name == row.Text("name"))
        || (row.Context.IsPlatform && row.Text("name") == SystemRoles.PlatformAdministrator);

    public static string? FaultOf(ValidationAttribute rule, string name, object? value) =>
        rule.IsValid(value) ? null : rule.FormatErrorMessage(name);

    public static List<string> Strings(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetString()!)];

    /// <summary>The time at the beginning of a UUID (RFC 9562, version 7).</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;
        return milliseconds is >= 0 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.MaxValue;
    }
}
