using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Http;

namespace Tenantry.Foundation.Stores;

/// <summary>What a bucket would do by itself: gives and takes the bytes of the disk store by signed addresses. The signature is the permission; nothing else is looked at.</summary>
public static class DiskEndpoints
{
    /// <summary>With ranges and conditions (RFC 9110); in a sandbox, should a browser show it.</summary>
    public static Results<PhysicalFileHttpResult, Denied, Missing> Give(Guid tenant, Guid id, DiskStore store, DiskSignatures signatures, HttpContext http)
    {
        var asked = new Asked(tenant, id, http.Request.Query);
        if (!signatures.IsGood("GET", asked.Key, asked.Expires, asked.Signature, asked.Type, asked.Disposition))
            return NotSigned();
        if (store.FileOf(asked.Key) is not { } file)
            return Problems.Missing("There is no such object any more.");
        http.Response.Headers.ContentDisposition = asked.Disposition;
        http.Response.Headers.CacheControl = "private";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin"; // as from a bucket: pages of applications show them
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'";
        return TypedResults.PhysicalFile(file.FullName, asked.Type, lastModified: file.LastWriteTimeUtc, entityTag: new($"\"{asked.Id:N}\""), enableRangeProcessing: true); // a key is written once
    }

    public static async Task<Results<Ok, Invalid, Denied, Conflicting, Missing, Unavailable>> Take(Guid tenant, Guid id, DiskStore store, DiskSignatures signatures, HttpRequest request, CancellationToken cancel)
    {
        var asked = new Asked(tenant, id, request.Query);
        var size = asked.Size ?? -1;
        var length = size.ToString(CultureInfo.InvariantCulture);
        var isPart = asked.Upload is not null;
        if (!(isPart ? signatures.IsGood("PART", asked.Key, asked.Expires, asked.Signature, asked.Upload, asked.Part?.ToString(CultureInfo.InvariantCulture), length)
            : signatures.IsGood("PUT", asked.Key, asked.Expires, asked.Signature, length, asked.Type, asked.Sha256)))
            return NotSigned();
        if (request.ContentLength != size)
            return Problems.Invalid("Content-Length", $"must be {length}, as signed");
        if (!isPart && request.ContentType != asked.Type)
            return Problems.Invalid("Content-Type", $"must be {asked.Type}, as signed");
        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = size;
        try
        {
            if (isPart)
                return await store.PutPart(asked.Upload!, asked.Part!.Value, request.Body, cancel) ? TypedResults.Ok() : Problems.Missing("There is no such upload any more.");
            await using var content = new HashedStream(request.Body, asked.Sha256!);
            await store.Put(asked.Key, content, asked.Type!, cancel);
            return TypedResults.Ok();
        }
        catch (HashedStream.OtherBytesException)
        {
            return Problems.Invalid("sha256", "is not that of the bytes that came");
        }
        catch (StoreException e) when (store.FileOf(asked.Key) is not null)
        {
            return Problems.Conflicting(e.Message);
        }
        catch (StoreException)
        {
            return Problems.Unavailable(Problems.DependencyUnavailable, TimeSpan.FromSeconds(10));
        }
    }

    private static Denied NotSigned() => Problems.Denied(Problems.PermissionDenied, "The address is not one that was given out, or it has expired.");

    /// <summary>An address of ours, taken apart.</summary>
    private sealed record Asked(Guid Tenant, Guid Id, IQueryCollection Query)
    {
        public string Key => $"{Tenant}/{Id}";

        public long Expires => Number("expires") ?? 0;

        public string? Signature => Text("signature");

        public string? Type => Text("type");

        public string? Disposition => Text("disposition");

        public long? Size => Number("size");

        public string? Sha256 => Text("sha256");

        public string? Upload => Text("upload");

        public int? Part => (int?)Number("part");

        private string? Text(string name) => Query[name] is [{ } text] ? text : null;

        private long? Number(string name) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Ends well only if it was what was promised.</summary>
    private sealed class HashedStream(Stream body, string promised) : ReadOnlyStream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await body.ReadAsync(buffer, cancellationToken);
            hash.AppendData(buffer.Span[..count]);
            return count > 0 || Convert.ToHexStringLower(hash.GetHashAndReset()) == promised ? count : throw new OtherBytesException();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                hash.Dispose();
            base.Dispose(disposing);
        }

        internal sealed class OtherBytesException() : Exception("The bytes are not those that were signed.");
    }
}
