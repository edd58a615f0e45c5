using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>
/// The keyed hash of what a request asks for: its query, its media type and its content. Two spellings of one request
/// have one digest: a client library may choose another multipart boundary, or another order of JSON members, for a
/// retry.
/// </summary>
internal sealed class RequestDigest(byte[] key)
{
    /// <summary>A longer JSON body is digested byte by byte: no operation takes one.</summary>
    private const int MaxJsonBytes = 1024 * 1024;

    private const int MaxBoundaryLength = 70; // RFC 2046, section 5.1.1

    /// <summary>Reads the body, and rewinds it.</summary>
    /// <exception cref="BadHttpRequestException">The body is longer than the request may be.</exception>
    public async Task<byte[]> Of(HttpRequest request, CancellationToken cancel)
    {
        request.EnableBuffering();
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        var content = await ContentOf(request, type, cancel);
        request.Body.Position = 0;

        using var digest = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Add(digest, type?.MediaType.Value?.ToLowerInvariant() ?? "");
        // An upload describes its file outside the body.
        Add(digest, request.Headers.ContentDisposition.ToString());
        foreach (
            var (name, value) in request
                .Query.SelectMany(pair => pair.Value, (pair, value) => (pair.Key, Value: value ?? ""))
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        )
        {
            Add(digest, name);
            Add(digest, value);
        }
        Add(digest, content);
        return digest.GetHashAndReset();
    }

    private static async Task<byte[]> ContentOf(
        HttpRequest request,
        MediaTypeHeaderValue? type,
        CancellationToken cancel
    )
    {
        // Read whole before it is interpreted: a body that is too long or breaks off is refused here, as everywhere.
        var bytes = await SHA256.HashDataAsync(request.Body, cancel);
        try
        {
            request.Body.Position = 0;
            if (
                type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true
                && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= MaxBoundaryLength } boundary
            )
                return await OfForm(new MultipartReader(boundary.ToString(), request.Body), cancel);
            if (type?.MatchesMediaType("application/json") == true && request.Body.Length <= MaxJsonBytes)
                return await OfJson(request.Body, cancel);
        }
        catch (Exception e)
            when (e is IOException or InvalidDataException or JsonException or InvalidOperationException)
        {
            // The operation will refuse the body, or reads it in another way. InvalidOperationException: a text contains
            // half of a surrogate pair, which the parser does not notice.
        }
        return bytes;
    }

    /// <summary>The parts in their order, without the boundary between them.</summary>
    private static async Task<byte[]> OfForm(MultipartReader form, CancellationToken cancel)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (await form.ReadNextSectionAsync(cancel) is { } part)
        {
            Add(digest, part.ContentDisposition ?? "");
            Add(digest, part.ContentType ?? "");
            Add(digest, await SHA256.HashDataAsync(part.Body, cancel));
        }
        return digest.GetHashAndReset();
    }

    /// <summary>The document without white space, its members in one order.</summary>
    private static async Task<byte[]> OfJson(Stream body, CancellationToken cancel)
    {
        using var document = await JsonDocument.ParseAsync(body, default, cancel);
        using var canonical = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(canonical))
            Write(document.RootElement, writer);
        return SHA256.HashData(canonical.GetBuffer().AsSpan(0, (int)canonical.Length));
    }

    private static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                // Of two members with one name the last one counts: their order stays.
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static void Add(IncrementalHash digest, string text) => Add(digest, Encoding.UTF8.GetBytes(text));

    /// <summary>With its length, so that no two lists of texts are the same bytes.</summary>
    private static void Add(IncrementalHash digest, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        digest.AppendData(length);
        digest.AppendData(bytes);
    }
}
