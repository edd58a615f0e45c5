using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Users.Importing;

/// <summary>A user as a file describes it, whichever system wrote the file.</summary>
public sealed record ImportedUser
{
    /// <summary>The id in the former system, by which a second import recognises the user.</summary>
    [ShortText(255)]
    public string? Id { get; init; }

    [RequiredMember, Email]
    public string? Email
    {
        get;
        init => field = value is null ? null : EmailAddress.Stored(value);
    }

    /// <summary>The hash in the form of the former system. A user without one requests a password reset.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>
    /// The salt, where the former system stores it beside the hash (Firebase). Null: the hash contains it.
    /// </summary>
    public string? PasswordSalt { get; init; }

    [ShortText(100)]
    public string? FirstName
    {
        get;
        init => field = User.StoredName(value);
    }

    [ShortText(100)]
    public string? LastName
    {
        get;
        init => field = User.StoredName(value);
    }

    [PhoneNumber]
    public string? Phone { get; init; }

    [LanguageTag]
    public string? Locale { get; init; }

    public bool? EmailVerified { get; init; }

    public bool? IsActive { get; init; }

    /// <summary>The names of the user's roles. Empty: <c>User</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    public DateTimeOffset? CreatedAt { get; init; }

    [FreeObject(User.MaxMetadataBytes)]
    public JsonElement? Metadata { get; init; }

    /// <summary>The members that a file in Tenantry's own format may have, and the targets of <c>--map</c>.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "created_at",
        "email",
        "email_verified",
        "first_name",
        "id",
        "is_active",
        "last_name",
        "locale",
        "metadata",
        "password_hash",
        "phone",
        "role",
        "roles",
    ];

    /// <summary>All that is wrong with the values, each beginning with the field's name.</summary>
    public IEnumerable<string> Faults()
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), faults, validateAllProperties: true);
        foreach (var fault in faults)
            yield return $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.MemberNames.First())} {fault.ErrorMessage}";
        if (Metadata is { } metadata && FreeJson.Fault(metadata) is { } wrong)
            yield return $"metadata {FreeJson.MessageAt("metadata", wrong.Path, wrong.Message)}";
    }
}
