using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The file in the body of a request: the part <c>file</c> of a form (RFC 7578) with the fields before it, or the whole
/// body. The content is streamed: only the bytes that are being read are in memory.
/// </summary>
/// <param name="Content">The bytes of the file.</param>
/// <param name="Name">The file name that the caller sent.</param>
/// <param name="Type">The media type that the caller sent.</param>
/// <param name="Labels">The metadata and tags that the caller sent.</param>
/// <param name="IsLastPart">Whether no other part of the form follows. Call it after the content is read.</param>
public sealed record IncomingFile(
    Stream Content,
    string? Name,
    string? Type,
    FileLabels Labels,
    Func<CancellationToken, Task<bool>> IsLastPart
)
{
    private const int MaxBoundaryLength = 70; // RFC 2046
    private const int MaxFields = 20;

    /// <exception cref="InvalidRequestException">The request contains no file, or a field is invalid.</exception>
    public static Task<IncomingFile> Of(HttpRequest request, CancellationToken cancel)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            return Task.FromResult(FromBody(request));
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= MaxBoundaryLength
            ? FromForm(new MultipartReader(boundary, request.Body), cancel)
            : throw Invalid("file", "must be in a form with a boundary of 1 to 70 characters");
    }

    private static IncomingFile FromBody(HttpRequest request)
    {
        // An empty body without any header that describes it is no file.
        if (
            request.ContentLength is null or 0
            && request.ContentType is null
            && request.Headers.ContentDisposition.Count == 0
            && request.Headers.TransferEncoding.Count == 0
        )
            throw Invalid("file", "is needed: as the part `file` of a form, or as the body");
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
            FileNameOf(disposition),
            request.ContentType,
            labels,
            static _ => Task.FromResult(true)
        );
    }

    private static async Task<IncomingFile> FromForm(MultipartReader form, CancellationToken cancel)
    {
        string? metadata = null;
        var tags = new List<string>();
        for (var fields = 0; fields < MaxFields; fields++)
        {
            if (await NextSection(form, cancel) is not { } section)
                break;
            var disposition = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var parsed)
                ? parsed
                : null;
            switch (HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).ToString())
            {
                case "file":
                    return new IncomingFile(
                        new FormPartStream(section.Body),
                        FileNameOf(disposition),
                        section.ContentType,
                        FileLabels.Read(metadata, tags),
                        async token => await NextSection(form, token) is null
                    );
                case "metadata":
                    metadata = await ReadText(section, "metadata", cancel);
                    break;
                case "tags":
                    tags.Add(await ReadText(section, "tags", cancel));
                    break;
                case var other:
                    throw Invalid(
                        other.Length is > 0 and <= 100 && !other.Any(char.IsControl) ? other : "file",
                        "is not a field of an upload: send metadata and tags, and then file"
                    );
            }
        }
        throw Invalid("file", "is needed: as the part `file` of the form, after metadata and tags");
    }

    private static async Task<MultipartSection?> NextSection(MultipartReader form, CancellationToken cancel)
    {
        try
        {
            return await form.ReadNextSectionAsync(cancel);
        }
        catch (Exception e) when (e is InvalidDataException || e.GetType() == typeof(IOException))
        {
            throw Invalid("file", "is in a form that is incomplete or cannot be read");
        }
    }

    private static async Task<string> ReadText(MultipartSection section, string field, CancellationToken cancel)
    {
        var buffer = new byte[FileLabels.MaxBytes + 1];
        var filled = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return filled < buffer.Length
            ? Encoding.UTF8.GetString(buffer, 0, filled)
            : throw Invalid(field, $"must have {FileLabels.MaxBytes} bytes at most");
    }

    private static string? FileNameOf(ContentDispositionHeaderValue? disposition)
    {
        if (disposition is null)
            return null;
        var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
        return name.HasValue ? HeaderUtilities.UnescapeAsQuotedString(name).ToString() : null;
    }

    private static InvalidRequestException Invalid(string field, string message) =>
        new(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>A part of a form. A malformed form is an error of the caller, not of the service.</summary>
    private sealed class FormPartStream(Stream body) : ReadOnlyStream
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
            catch (Exception e) when (e is InvalidDataException || e.GetType() == typeof(IOException))
            {
                // Subclasses of IOException come from the server, which maps them to a status of its own.
                throw Invalid("file", "is in a form that is incomplete or cannot be read");
            }
        }
    }
}
