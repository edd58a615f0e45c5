using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Storage;

/// <summary>What a bucket would do by itself: gives the bytes of the disk store by signed addresses. The signature is the permission; nothing else is looked at.</summary>
public static class DiskEndpoints
{
    /// <summary>With ranges and conditions (RFC 9110); in a sandbox, should a browser show it.</summary>
    public static Results<PhysicalFileHttpResult, Denied, Missing> Give(
        Guid tenant,
        Guid id,
        DiskStore store,
        DiskSignatures signatures,
        HttpContext http
    )
    {
        var asked = new DiskAddress(tenant, id, http.Request.Query);
        if (!signatures.IsGood("GET", asked.Key, asked.Expires, asked.Signature, asked.Type, asked.Disposition))
            return NotSigned();
        if (store.FileOf(asked.Key) is not { } file)
            return Problems.Missing("There is no such object any more.");
        http.Response.Headers.ContentDisposition = asked.Disposition;
        http.Response.Headers.CacheControl = "private";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin"; // as from a bucket: pages of applications show them
        http.Response.Headers.ContentSecurityPolicy =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'";
        return TypedResults.PhysicalFile(
            file.FullName,
            asked.Type,
            lastModified: file.LastWriteTimeUtc,
            entityTag: new($"\"{asked.Id:N}\""),
            enableRangeProcessing: true
        ); // a key is written once
    }

    internal static Denied NotSigned() =>
        Problems.Denied(Problems.PermissionDenied, "The address is not one that was given out, or it has expired.");
}
