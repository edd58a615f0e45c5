using System.Text;
using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The header <c>Upload-Metadata</c>: keys with base64 values. Clients send the name as <c>filename</c> or <c>name</c>,
/// the media type as <c>filetype</c> or <c>type</c>, <c>tags</c> separated by commas, and <c>metadata</c> as JSON.
/// Without <c>metadata</c> all other pairs become the metadata of the file.
/// </summary>
public static class TusMetadata
{
    /// <exception cref="InvalidRequestException">A pair cannot be read, or a value is invalid.</exception>
    public static (string? Name, string? Type, FileLabels Labels) Read(string text)
    {
        // GetTusUpload returns the text in a response header, which allows no other characters.
        if (text.Length > FileLabels.MaxBytes || text.Any(character => character is < ' ' or > '~'))
            throw Invalid($"must have {FileLabels.MaxBytes} characters at most, all of ASCII");
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var value = new byte[parts.Length == 2 ? parts[1].Length : 0];
            var length = 0;
            if (
                parts.Length is 0 or > 2
                || (parts.Length == 2 && !Convert.TryFromBase64String(parts[1], value, out length))
                || !pairs.TryAdd(parts[0], Encoding.UTF8.GetString(value, 0, length))
            )
                throw Invalid("must be pairs of a key and a base64 value, separated by commas, each key once");
        }
        var name =
            pairs.Remove("filename", out var filename) | pairs.Remove("name", out var otherName)
                ? filename ?? otherName
                : null;
        var type =
            pairs.Remove("filetype", out var filetype) | pairs.Remove("type", out var otherType)
                ? filetype ?? otherType
                : null;
        pairs.Remove("tags", out var tags);
        if (!pairs.Remove("metadata", out var metadata) && pairs.Count > 0)
            metadata = JsonSerializer.Serialize(pairs);
        return (name, FileType.Normalize(type), FileLabels.Read(metadata, [tags ?? ""]));
    }

    private static InvalidRequestException Invalid(string message) =>
        new(new Dictionary<string, string[]> { [Tus.Metadata] = [message] });
}
