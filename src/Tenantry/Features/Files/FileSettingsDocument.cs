using System.ComponentModel.DataAnnotations;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>The file settings of a tenant, under <c>/files/settings</c>.</summary>
/// <param name="RefusedTypes">
/// The media types that the tenant does not accept, each like `application/pdf`, or like `video/*` for a whole group.
/// </param>
public sealed record FileSettingsDocument([MediaTypes] IReadOnlyList<string>? RefusedTypes)
    : IExample<FileSettingsDocument>
{
    public static FileSettingsDocument Example => new(["application/vnd.microsoft.portable-executable", "video/*"]);
}

/// <summary>Validates a list of media types. An entry like <c>video/*</c> means all types of a group.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class MediaTypesAttribute()
    : ValidationAttribute(
        "must be 100 at most, each a media type like application/pdf, or a group of types like video/*"
    )
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> types
        || (
            types.Count <= 100
            && types.All(type => FileType.Normalize(type?.Replace("/*", "/x", StringComparison.Ordinal)) is not null)
        );
}
