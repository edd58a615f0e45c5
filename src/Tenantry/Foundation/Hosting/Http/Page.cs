using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>A page of a list.</summary>
/// <param name="Items">The items of the page, at most <c>limit</c>.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page. Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>
/// The requested page of a list: <c>?limit=</c> (1 to 200, by default 50) and <c>?cursor=</c>. A cursor contains the
/// last id of the previous page with a signature. A page is found by key, never by counting rows, and a forged cursor
/// is refused.
/// </summary>
public sealed record PageRequest(int Limit, Guid? After) : IEndpointParameterMetadataProvider
{
    /// <summary>Metadata of a list endpoint, for its documentation.</summary>
    public sealed record Paged;

    /// <summary>The default limit.</summary>
    public const int DefaultLimit = 50;

    private const int MostItems = 200;

    private const string NoCursor =
        "is not a cursor of this list with these filters: use next_cursor of the previous page and the same filters";

    /// <summary>The largest size of a page whose rows can be long.</summary>
    public const long MostBytes = 4 * 1024 * 1024;

    /// <summary>The query parameters of each list.</summary>
    internal static readonly IReadOnlyList<AcceptedQuery.Parameter> Parameters =
    [
        new("limit", typeof(int), [new WholeNumberAttribute(1, MostItems)]),
        new("cursor", typeof(string), []),
    ];

    public static ValueTask<PageRequest?> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        // The limit was checked before.
        var limit = int.TryParse(http.Request.Query["limit"], CultureInfo.InvariantCulture, out var given)
            ? given
            : DefaultLimit;
        Guid? after = null;
        return TryReadCursor(http, ref after)
            ? ValueTask.FromResult<PageRequest?>(new PageRequest(limit, after))
            : throw new InvalidRequestException(new Dictionary<string, string[]> { ["cursor"] = [NoCursor] });
    }

    /// <returns>The message about the cursor of a request. Null: it is valid, or there is none.</returns>
    internal static string? CursorFault(HttpContext http)
    {
        Guid? after = null;
        return TryReadCursor(http, ref after) ? null : NoCursor;
    }

    private static bool TryReadCursor(HttpContext http, ref Guid? after) =>
        http.Request.Query["cursor"].ToString() is not { Length: > 0 } text
        || (after = http.RequestServices.GetRequiredService<Cursors>().Open(text, http.Request)) is not null;

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new Paged());

    /// <summary>
    /// Cuts the page out of one row more than was asked for, and names the next page in a <c>Link</c> header (RFC
    /// 8288).
    /// </summary>
    public Page<T> ToPage<T>(IReadOnlyList<T> rows, Func<T, Guid> id, HttpContext http)
    {
        return rows.Count <= Limit ? new Page<T>(rows, null) : Before([.. rows.Take(Limit)], id, http);
    }

    /// <summary>
    /// The same, for rows that can be long: the page ends early where <see cref="MostBytes"/> are reached, and the next
    /// one goes on there. One row is shown in any case. Rows beyond the page are never in memory.
    /// </summary>
    /// <param name="rows">one more than was asked for, read one by one</param>
    /// <param name="bytes">that a row takes in the answer, about</param>
    /// <param name="id">of a row</param>
    /// <param name="http">the request</param>
    /// <param name="cancel">ends reading</param>
    public async Task<Page<T>> ReadPage<T>(
        IAsyncEnumerable<T> rows,
        Func<T, long> bytes,
        Func<T, Guid> id,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var (items, total) = (new List<T>(), 0L);
        await foreach (var row in rows.WithCancellation(cancel))
        {
            total += bytes(row);
            if (items.Count == Limit || (items.Count > 0 && total > MostBytes))
                return Before(items, id, http);
            items.Add(row);
        }
        return new Page<T>(items, null);
    }

    private static Page<T> Before<T>(IReadOnlyList<T> items, Func<T, Guid> id, HttpContext http)
    {
        var cursor = http.RequestServices.GetRequiredService<Cursors>().Seal(id(items[^1]), http.Request);
        var query = QueryString.Create(http.Request.Query.Where(pair => pair.Key != "cursor")).Add("cursor", cursor);
        http.Response.Headers.Append("Link", $"<{http.Request.Path}{query}>; rel=\"next\"");
        return new Page<T>(items, cursor);
    }
}

/// <summary>
/// Signs cursors. The path and the filters are signed too: with a cursor of another list, or of this list with other
/// filters, a page would silently begin at the wrong row. The limit may change from page to page.
/// </summary>
public sealed class Cursors(ServiceSettings settings)
{
    private const int IdBytes = 16;
    private const int MacBytes = 16;

    private readonly byte[] key = settings.KeyFor("cursors");

    public string Seal(Guid id, HttpRequest request)
    {
        Span<byte> bytes = stackalloc byte[IdBytes + MacBytes];
        id.TryWriteBytes(bytes);
        Mac(bytes[..IdBytes], request).CopyTo(bytes[IdBytes..]);
        return TokenText.Write(bytes);
    }

    /// <returns>Null: the cursor was not issued for this list with these filters.</returns>
    public Guid? Open(string cursor, HttpRequest request)
    {
        Span<byte> bytes = stackalloc byte[IdBytes + MacBytes];
        if (!TokenText.TryRead(cursor, bytes))
            return null;
        return CryptographicOperations.FixedTimeEquals(bytes[IdBytes..], Mac(bytes[..IdBytes], request))
            ? new Guid(bytes[..IdBytes])
            : null;
    }

    private ReadOnlySpan<byte> Mac(ReadOnlySpan<byte> id, HttpRequest request) =>
        HMACSHA256.HashData(key, (byte[])[.. id, .. Encoding.UTF8.GetBytes(ListOf(request))]).AsSpan(0, MacBytes);

    /// <summary>The path and the filters in one order. The filters are escaped, so that two lists differ.</summary>
    private static string ListOf(HttpRequest request)
    {
        var filters = request
            .Query.Where(static pair => pair.Key is not ("cursor" or "limit") && pair.Value.ToString().Length > 0)
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal);
        return request.Path.Value + QueryString.Create(filters);
    }
}

/// <summary>A value of the query or a header is not valid. The fault is found during binding.</summary>
public sealed class InvalidRequestException(IReadOnlyDictionary<string, string[]> errors)
    : Exception("The request is not valid.")
{
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
