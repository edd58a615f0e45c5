using Microsoft.Net.Http.Headers;

namespace Tenantry.Foundation.Http;

/// <summary>The version of a thing as a strong entity tag (RFC 9110, section 8.8.3).</summary>
public static class ETag
{
    public static EntityTagHeaderValue Of(uint version) => new($"\"{version:x}\"");

    /// <summary>Sets the header.</summary>
    /// <returns>whether the caller has this version already (<c>If-None-Match</c>): 304 is the answer then</returns>
    public static bool IsKnown(HttpContext http, uint version)
    {
        var tag = Of(version);
        http.Response.GetTypedHeaders().ETag = tag;
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any));
    }

    /// <summary>
    /// Whether a change may go on (<c>If-Match</c>, RFC 9110, section 13.1.1). Without the header the last write wins; with it the row's
    /// version decides once more when it is written.
    /// </summary>
    public static bool Holds(HttpContext http, uint version)
    {
        var wanted = http.Request.GetTypedHeaders().IfMatch;
        return wanted.Count == 0 || wanted.Any(tag => tag.Compare(Of(version), useStrongComparison: true) || tag.Equals(EntityTagHeaderValue.Any));
    }
}
