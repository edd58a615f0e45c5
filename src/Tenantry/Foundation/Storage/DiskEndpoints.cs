using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// Serves objects of the disk store by signed addresses, as a bucket does. The signature is the only permission that is
/// checked.
/// </summary>
public static class DiskEndpoints
{
    /// <summary>
    /// Supports ranges and conditional requests (RFC 9110). A browser that displays the file sandboxes it.
    /// </summary>
    public static Results<PhysicalFileHttpResult, Denied, Missing> Give(
        Guid tenant,
        Guid id,
        DiskStore store,
        DiskSignatures signatures,
        HttpContext http
    )
    {
        var address = new DiskAddress(tenant, id, http.Request.Query);
        if (
            !signatures.IsValid(
                "GET",
                address.Key,
                address.Expires,
                address.Signature,
                address.Type,
                address.Disposition
            )
        )
            return NotSigned();
        if (store.FileOf(address.Key) is not { } file)
            return Problems.Missing("The object does not exist any more.");
        http.Response.Headers.ContentDisposition = address.Disposition;
        http.Response.Headers.CacheControl = "private";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin"; // as from a bucket: pages of applications show them
        http.Response.Headers.ContentSecurityPolicy =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'";
        return TypedResults.PhysicalFile(
            file.FullName,
            address.Type,
            lastModified: file.LastWriteTimeUtc,
            entityTag: new($"\"{address.Id:N}\""),
            enableRangeProcessing: true
        ); // a key is written once
    }

    internal static Denied NotSigned() =>
        Problems.Denied(
            Problems.PermissionDenied,
            "The address has an invalid signature or has expired. Request a new download or upload address."
        );
}
