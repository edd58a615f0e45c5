using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The file in a request, as it comes: the part <c>file</c> of a form (RFC 7578), the fields before it, or a body that is the file itself. Nothing of it is held but the piece that
/// is read.
/// </summary>
/// <param name="Content">its bytes</param>
/// <param name="Name">as it was given</param>
/// <param name="Type">as it was given</param>
/// <param name="Labels">what the application says of it</param>
/// <param name="IsAll">whether nothing of a form comes after it; asked once the content was read</param>
public sealed record IncomingFile(
    Stream Content,
    string? Name,
    string? Type,
    FileLabels Labels,
    Func<CancellationToken, Task<bool>> IsAll
)
{
    private const int LongestBoundary = 70; // RFC 2046
    private const int MostFields = 20;

    /// <exception cref="InvalidRequestException">there is none, or a field is wrong</exception>
    public static Task<IncomingFile> Of(HttpRequest request, CancellationToken cancel)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            return Task.FromResult(Raw(request));
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= LongestBoundary
            ? Form(new MultipartReader(boundary, request.Body), cancel)
            : throw Wrong("file", "is in a form without a boundary");
    }

    private static IncomingFile Raw(HttpRequest request)
    {
        // A body that is empty and says nothing of itself is none.
        if (
            request.ContentLength is null or 0
            && request.ContentType is null
            && request.Headers.ContentDisposition.Count == 0
            && request.Headers.TransferEncoding.Count == 0
        )
            throw Wrong("file", "is needed: as the part `file` of a form, or as the body");
        var disposition = ContentDispositionHeaderValue.TryParse(
            request.Headers.ContentDisposition.ToString(),
            out var parsed
        )
            ? parsed
            : null;
        var labels = FileLabels.Read(
            request.Query["metadata"].FirstOrDefault(),
            [.. request.Query["tags"].OfType<string>()]
        );
        return new IncomingFile(
            request.Body,
            NameIn(disposition),
            request.ContentType,
            labels,
            static _ => Task.FromResult(true)
        );
    }

    private static async Task<IncomingFile> Form(MultipartReader form, CancellationToken cancel)
    {
        string? metadata = null;
        var tags = new List<string>();
        for (var fields = 0; fields < MostFields; fields++)
        {
            if (await Next(form, cancel) is not { } section)
                break;
            var disposition = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var parsed)
                ? parsed
                : null;
            switch (HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).ToString())
            {
                case "file":
                    return new IncomingFile(
                        new Part(section.Body),
                        NameIn(disposition),
                        section.ContentType,
                        FileLabels.Read(metadata, tags),
                        async token => await Next(form, token) is null
                    );
                case "metadata":
                    metadata = await Text(section, "metadata", cancel);
                    break;
                case "tags":
                    tags.Add(await Text(section, "tags", cancel));
                    break;
                case var other:
                    throw Wrong(
                        other.Length is > 0 and <= 100 && !other.Any(char.IsControl) ? other : "file",
                        "is no field of an upload: there are metadata and tags, and then file"
                    );
            }
        }
        throw Wrong("file", "is needed: as the part `file` of the form, after metadata and tags");
    }

    private static async Task<MultipartSection?> Next(MultipartReader form, CancellationToken cancel)
    {
        try
        {
            return await form.ReadNextSectionAsync(cancel);
        }
        catch (Exception e) when (e is InvalidDataException || e.GetType() == typeof(IOException))
        {
            throw Wrong("file", "is in a form that breaks off or cannot be read");
        }
    }

    private static async Task<string> Text(MultipartSection section, string field, CancellationToken cancel)
    {
        var buffer = new byte[FileLabels.MostBytes + 1];
        var filled = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return filled < buffer.Length
            ? Encoding.UTF8.GetString(buffer, 0, filled)
            : throw Wrong(field, $"must have {FileLabels.MostBytes} bytes at most");
    }

    private static string? NameIn(ContentDispositionHeaderValue? disposition)
    {
        if (disposition is null)
            return null;
        var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
        return name.HasValue ? HeaderUtilities.UnescapeAsQuotedString(name).ToString() : null;
    }

    private static InvalidRequestException Wrong(string field, string message) =>
        new(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>A part of a form, which may be broken: that is the caller's doing and no fault of ours.</summary>
    private sealed class Part(Stream body) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            try
            {
                return await body.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (e is InvalidDataException || e.GetType() == typeof(IOException)) // of others the server knows what they are
            {
                throw Wrong("file", "is in a form that breaks off or cannot be read");
            }
        }
    }
}

/// <summary>What an application says of a file.</summary>
/// <param name="Metadata">an object</param>
/// <param name="Tags">each once, in order</param>
public sealed record FileLabels(JsonElement Metadata, string[] Tags)
{
    public const int MostBytes = 16 * 1024;

    private const int MostTags = 20;
    private const int LongestTag = 50;

    public static readonly JsonElement NoMetadata = JsonElement.Parse("{}");

    /// <param name="metadata">JSON; null or blank: none</param>
    /// <param name="tags">each of one tag, or of several with commas between them</param>
    /// <exception cref="InvalidRequestException">one of them is wrong</exception>
    public static FileLabels Read(string? metadata, IReadOnlyList<string> tags)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var read = NoMetadata;
        if (!string.IsNullOrWhiteSpace(metadata))
        {
            try
            {
                read = JsonElement.Parse(metadata);
            }
            catch (JsonException)
            {
                errors["metadata"] = ["must be a JSON object"];
            }
            if (read.ValueKind != JsonValueKind.Object)
                errors["metadata"] = ["must be a JSON object"];
            else if (FreeJson.Fault(read) is { } unfit)
                errors["metadata"] = [FreeJson.Told("metadata", unfit.Path, unfit.Message)];
            else if (FreeJson.StoredBytes(read) > MostBytes)
                errors["metadata"] = [$"must have {MostBytes} bytes at most as it is stored"];
        }
        var list = Tidy(tags.SelectMany(tag => tag.Split(',')));
        if (FaultOf(list) is { } fault)
            errors["tags"] = [fault];
        return errors.Count == 0 ? new FileLabels(read, list) : throw new InvalidRequestException(errors);
    }

    /// <returns>each once, without space around it, in order</returns>
    public static string[] Tidy(IEnumerable<string> tags) =>
        [
            .. tags.Select(tag => tag.Trim())
                .Where(tag => tag.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    public static string? FaultOf(IReadOnlyCollection<string> tags) =>
        tags.Count <= MostTags && tags.All(tag => tag.Length <= LongestTag && !tag.Any(char.IsControl))
            ? null
            : $"must be {MostTags} at most, of {LongestTag} characters each, none of them a control character";
}
