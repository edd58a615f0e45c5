using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>A template of an archive is held to what one of a request is: the service fills it in later, and takes it for one that was checked.</summary>
internal static class ArchivedTemplate
{
    public static string? TextsFault(JsonElement value, ArchiveRow row) =>
        value.ValueKind == JsonValueKind.Object
        && value.EnumerateObject().All(text => text.Name.Length <= 35 && text.Value.ValueKind == JsonValueKind.Object)
            ? null
            : "must hold texts by language";

    /// <summary>What is wrong with the template as a whole, by the members of a request.</summary>
    public static string? Fault(JsonElement value, ArchiveRow row)
    {
        if (
            value.ValueKind != JsonValueKind.Array
            || value.GetArrayLength() > TemplateVariable.Most
            || value.EnumerateArray().Any(variable => variable.ValueKind != JsonValueKind.Object)
        )
            return $"must be a list of {TemplateVariable.Most} variables at most";
        row.Values.TryGetProperty("translations", out var translations);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        try
        {
            // A version has no type: what it is sent by was the template's.
            var type =
                row.Text("type") is { } word && EnumText.Is<Channel>(word) ? EnumText.To<Channel>(word) : Channel.Email;
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
                return "holds a variable without a name";
            CompiledTemplate.TryCompile(texts, errors);
        }
        catch (JsonException e)
        {
            return $"cannot be read: {e.Message}";
        }
        return errors.Select(error => $"do not fit: {error.Key} {error.Value[0]}").FirstOrDefault();
    }
}
