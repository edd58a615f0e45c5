using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The version of a record as a strong entity tag (RFC 9110, section 8.8.3). It must change with everything in the
/// response. The version of a row is enough only for a document of that row alone. A test checks all documents.
/// </summary>
public static class ETag
{
    public static EntityTagHeaderValue Of(uint version) => new($"\"{version:x}\"");

    /// <summary>
    /// The tag of a body with several rows: the version and the <see cref="Digest"/> of its other content.
    /// </summary>
    public static EntityTagHeaderValue Of(uint version, string digest) => new($"\"{version:x}-{digest}\"");

    /// <summary>The tag of a body with several rows, from the document itself.</summary>
    public static EntityTagHeaderValue Of(uint version, ReadOnlySpan<byte> shown)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(shown, hash);
        return Of(version, Convert.ToHexStringLower(hash[..8]));
    }

    public static string Digest(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 8));

    /// <summary>Sets the header.</summary>
    /// <returns>Whether the caller has this version (<c>If-None-Match</c>). The response is 304 then.</returns>
    public static bool IsNotModified(HttpContext http, uint version) => IsNotModified(http, Of(version));

    public static bool IsNotModified(HttpContext http, EntityTagHeaderValue tag)
    {
        http.Response.Headers.ETag = tag.ToString();
        return http.Request.Headers.IfNoneMatch.Count > 0
            && http.Request.GetTypedHeaders()
                .IfNoneMatch.Any(known =>
                    known.Compare(tag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any)
                );
    }

    /// <summary>
    /// Whether a change is allowed (<c>If-Match</c>, RFC 9110, section 13.1.1). Without the header the last write wins.
    /// With it, the row's version is compared again when the row is written. All tags here are strong. A proxy that
    /// compresses a response makes its tag weak (<c>W/"x"</c> from <c>"x"</c>), so that only the opaque parts are
    /// compared.
    /// </summary>
    public static bool Matches(HttpContext http, uint version) => Matches(http, Of(version));

    public static bool Matches(HttpContext http, EntityTagHeaderValue present)
    {
        var wanted = http.Request.GetTypedHeaders().IfMatch;
        return wanted.Count == 0
            || wanted.Any(tag =>
                tag.Compare(present, useStrongComparison: false) || tag.Equals(EntityTagHeaderValue.Any)
            );
    }

    /// <returns>Whether the header is <c>*</c> or a list of entity tags.</returns>
    public static bool IsReadable(StringValues header) =>
        EntityTagHeaderValue.TryParseStrictList(header.OfType<string>().ToList(), out var tags)
        && tags.Count > 0
        && (tags.Count == 1 || !tags.Contains(EntityTagHeaderValue.Any));
}
