using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Files.Uploads;

/// <summary>How the tus protocol 1.0 says things, under <c>/files/tus</c>.</summary>
public static class Tus
{
    public const string Path = "/files/tus";
    public const string Version = "1.0.0";
    public const string ContentType = "application/offset+octet-stream";
    public const string Resumable = "Tus-Resumable";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string Metadata = "Upload-Metadata";
    public const string Expires = "Upload-Expires";
    public const string Checksum = "Upload-Checksum";

    private const string Versions = "Tus-Version";
    private const string Extensions = "Tus-Extension";
    private const string MaxSize = "Tus-Max-Size";
    private const string Algorithms = "Tus-Checksum-Algorithm";

    /// <summary>An upload is gone on with, or ended, by a POST too, as the protocol has it.</summary>
    public static MethodOverride Override(ServiceSettings settings) =>
        new(settings.ApiPath + Path, ["PATCH", "DELETE"]);

    /// <summary>Beside the described API: the protocol describes itself, and clients of it are there.</summary>
    public static void MapTus(this IEndpointRouteBuilder api, ServiceSettings settings)
    {
        var tus = api.MapGroup(Path).WithTags("Files").ExcludeFromDescription();
        tus.MapMethods("/", ["OPTIONS"], (HttpContext http) => Describe(http, settings))
            .Anonymous("what the server can do")
            .NotAudited("nothing changes");
        var uploads = tus.MapGroup("").AddEndpointFilter(Versioned);
        uploads.MapPost("/", TusUpload.Create).Requires(Permissions.FilesCreate).Audited("file.uploaded").Idempotent();
        uploads.MapMethods("/{id:guid}", ["HEAD"], TusUpload.Tell).Requires(Permissions.FilesCreate);
        uploads
            .MapPatch("/{id:guid}", TusUpload.Append)
            .Requires(Permissions.FilesCreate)
            .Audited("file.uploaded")
            .WithMetadata(new MostBody(settings.LargestFile))
            .InTurns(gates => gates.Uploads)
            .DisableRequestTimeout();
        uploads
            .MapDelete("/{id:guid}", TusUpload.End)
            .Requires(Permissions.FilesCreate)
            .Audited("file_upload.cancelled");
    }

    /// <summary>Keys with values in base64. <c>filename</c> and <c>filetype</c> are what clients call them; <c>metadata</c> is JSON, <c>tags</c> have commas between them; whatever else there is goes into the metadata.</summary>
    /// <exception cref="InvalidRequestException">a pair cannot be read, or is wrong</exception>
    public static (string? Name, string? Type, FileLabels Labels) ReadMetadata(string text)
    {
        if (text.Length > FileLabels.MostBytes || text.Any(character => character is < ' ' or > '~'))
            throw Wrong($"must have {FileLabels.MostBytes} characters at most, all of ASCII");
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
                throw Wrong("must be pairs of a key and a value in base64, with commas between them, each key once");
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
        return (name, FileType.Normalized(type), FileLabels.Read(metadata, [tags ?? ""]));
    }

    private static NoContent Describe(HttpContext http, ServiceSettings settings)
    {
        var headers = http.Response.Headers;
        (headers[Resumable], headers[Versions], headers[MaxSize]) = (
            Version,
            Version,
            settings.LargestFile.ToString(CultureInfo.InvariantCulture)
        );
        (headers[Extensions], headers[Algorithms]) = (
            "creation,expiration,checksum,termination",
            string.Join(',', Uploads.Checksum.Algorithms)
        );
        return TypedResults.NoContent();
    }

    private static ValueTask<object?> Versioned(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        http.Response.Headers[Resumable] = Version;
        if (http.Request.Headers[Resumable] == Version)
            return next(call);
        http.Response.Headers[Versions] = Version;
        return ValueTask.FromResult<object?>(new OtherProtocol());
    }

    private static InvalidRequestException Wrong(string message) =>
        new(new Dictionary<string, string[]> { [Metadata] = [message] });
}

/// <summary>What a client says that the body of a request is.</summary>
public sealed class Checksum : IDisposable
{
    private readonly IncrementalHash hash;
    private readonly byte[] expected;

    private Checksum(HashAlgorithmName algorithm, byte[] expected) =>
        (hash, this.expected) = (IncrementalHash.CreateHash(algorithm), expected);

    /// <summary>Against accidents on the way, which is what the protocol has them for: SHA-1 is the one that every server has to know.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["sha1", "sha256"];

    /// <param name="header">the algorithm, a space, and the hash in base64; blank: there is none</param>
    /// <exception cref="InvalidRequestException">it is something else</exception>
    public static Checksum? Read(string header)
    {
        if (header.Length == 0)
            return null;
        var value = new byte[64];
        HashAlgorithmName? algorithm =
            header.Split(' ') is [var name, var text] && Convert.TryFromBase64String(text, value, out var length)
                ? (name, length) switch
                {
                    ("sha1", 20) => HashAlgorithmName.SHA1,
                    ("sha256", 32) => HashAlgorithmName.SHA256,
                    _ => null,
                }
                : null;
        return algorithm is { } known
            ? new Checksum(known, value[..(known == HashAlgorithmName.SHA1 ? 20 : 32)])
            : throw new InvalidRequestException(
                new Dictionary<string, string[]>
                {
                    [Tus.Checksum] = [$"must be one of {string.Join(", ", Algorithms)}, and the hash in base64"],
                }
            );
    }

    public void Add(ReadOnlySpan<byte> bytes) => hash.AppendData(bytes);

    public bool Holds() => hash.GetHashAndReset().AsSpan().SequenceEqual(expected);

    public void Dispose() => hash.Dispose();
}
