using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Validates a template of an archive by the rules of a request. The service renders stored templates later without
/// validating them again.
/// </summary>
internal static class ArchivedTemplate
{
    public static string? TextsFault(JsonElement value, ArchiveRow row) =>
        value.ValueKind == JsonValueKind.Object
        && value.EnumerateObject().All(text => text.Name.Length <= 35 && text.Value.ValueKind == JsonValueKind.Object)
            ? null
            : "must be an object with the texts of each language";

    /// <summary>The first fault of the whole template, by the members of a request.</summary>
    public static string? Fault(JsonElement value, ArchiveRow row)
    {
        if (
            value.ValueKind != JsonValueKind.Array
            || value.GetArrayLength() > TemplateVariable.MaxCount
            || value.EnumerateArray().Any(variable => variable.ValueKind != JsonValueKind.Object)
        )
            return $"must be a list of at most {TemplateVariable.MaxCount} variables";
        row.Values.TryGetProperty("translations", out var translations);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        try
        {
            // A version of a template has no type of its own.
            var type =
                row.Text("type") is { } text && EnumText.IsValid<Channel>(text)
                    ? EnumText.Parse<Channel>(text)
                    : Channel.Email;
            var texts = new TemplateRow(
                row.Text("name") ?? "",
                type,
                row.Text("locale") ?? "en",
                row.Text("subject"),
                row.Text("body"),
                row.Text("html_body"),
                translations,
                value
            );
            if (
                value
                    .Deserialize<List<TemplateVariable>>(CompiledTemplate.Json)!
                    .Exists(variable => variable.Name is not { Length: > 0 })
            )
                return "contains a variable without a name";
            CompiledTemplate.TryCompile(texts, errors);
        }
        catch (JsonException e)
        {
            return $"cannot be read: {e.Message}";
        }
        return errors.Select(error => $"do not match the texts: {error.Key} {error.Value[0]}").FirstOrDefault();
    }
}
