using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Uploads;

/// <summary>The metadata and tags that an application attaches to a file.</summary>
/// <param name="Metadata">A JSON object.</param>
/// <param name="Tags">Distinct tags in ordinal order.</param>
public sealed record FileLabels(JsonElement Metadata, string[] Tags)
{
    public const int MaxBytes = 16 * 1024;

    private const int MaxTags = 20;
    private const int MaxTagLength = 50;

    public static readonly JsonElement NoMetadata = JsonElement.Parse("{}");

    /// <param name="metadata">JSON text. Null or blank: no metadata.</param>
    /// <param name="tags">Tags. Each text may contain several, separated by commas.</param>
    /// <exception cref="InvalidRequestException">The metadata or a tag is invalid.</exception>
    public static FileLabels Read(string? metadata, IReadOnlyList<string> tags)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var parsed = NoMetadata;
        if (!string.IsNullOrWhiteSpace(metadata))
        {
            try
            {
                parsed = JsonElement.Parse(metadata);
            }
            catch (JsonException)
            {
                errors["metadata"] = ["must be a JSON object"];
            }
            if (parsed.ValueKind != JsonValueKind.Object)
                errors["metadata"] = ["must be a JSON object"];
            else if (FreeJson.Fault(parsed) is { } invalid)
                errors["metadata"] = [FreeJson.MessageAt("metadata", invalid.Path, invalid.Message)];
            else if (FreeJson.StoredBytes(parsed) > MaxBytes)
                errors["metadata"] = [$"must have {MaxBytes} bytes at most as it is stored"];
        }
        var normalized = NormalizeTags(tags.SelectMany(tag => tag.Split(',')));
        if (TagsError(normalized) is { } error)
            errors["tags"] = [error];
        return errors.Count == 0 ? new FileLabels(parsed, normalized) : throw new InvalidRequestException(errors);
    }

    /// <returns>The distinct tags without surrounding space, in ordinal order.</returns>
    public static string[] NormalizeTags(IEnumerable<string> tags) =>
        [
            .. tags.Select(tag => tag.Trim())
                .Where(tag => tag.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <returns>What is wrong with the tags. Null: they are valid.</returns>
    public static string? TagsError(IReadOnlyCollection<string> tags) =>
        tags.Count <= MaxTags && tags.All(tag => tag.Length <= MaxTagLength && !tag.Any(char.IsControl))
            ? null
            : $"must be {MaxTags} at most, of {MaxTagLength} characters each, none of them a control character";
}

/// <summary>Validates the tags in a JSON body.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FileTagsAttribute()
    : ValidationAttribute(
        "must be 20 tags at most, of 50 characters each, none of them blank or with a comma or a control character"
    )
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> tags
        || (
            tags.All(tag => !string.IsNullOrWhiteSpace(tag) && !tag.Contains(',', StringComparison.Ordinal))
            && FileLabels.TagsError([.. tags]) is null
        );
}
