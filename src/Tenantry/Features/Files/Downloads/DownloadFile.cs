using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Downloads;

/// <summary>
/// Redirects to a signed address of the object store. The bytes do not pass through the service, unless its disk is the
/// store.
/// </summary>
public static class DownloadFile
{
    private const int MaxSeconds = 3_600;
    private const int DefaultSeconds = 300;

    /// <param name="Url">The signed address. Anyone who has it can download the file until it expires.</param>
    /// <param name="ExpiresAt">The time at which the address expires.</param>
    public sealed record Response(Uri Url, DateTimeOffset ExpiresAt) : IExample<Response>
    {
        public static Response Example =>
            new(
                new Uri(
                    "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11?signature=Tm9uZQ"
                ),
                FileDocument.Example.CreatedAt.AddMinutes(5)
            );
    }

    public static async Task<
        Results<RedirectHttpResult, Ok<Response>, NotModified, Invalid, Missing, Conflicting>
    > Handle(
        [Description("The id of the file.")] Guid id,
        [FromQuery, Description("`false` returns the address in the body instead of a redirect.")] bool? redirect,
        [
            FromQuery(Name = "expires_in"),
            WholeNumber(1, MaxSeconds),
            Description("The lifetime of the address in seconds: 1 to 3600, 300 by default.")
        ]
            int? expiresIn,
        [
            FromQuery,
            OneOf("attachment", "inline"),
            Description(
                "`attachment` (the default) or `inline`. Types that a browser executes are always an attachment."
            )
        ]
            string? disposition,
        TenantDb db,
        IObjectStore store,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (
            await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(file => file.Id == id, cancel) is not { } row
        )
            return FileAccessRule.NotFound();
        if (FileDownload.Refuse(row) is { } reason)
            return Problems.Conflicting(reason);
        // The bytes of a file never change: their hash identifies the version under every address.
        if (
            redirect != false
            && ETag.IsNotModified(http, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(row.Sha256)}\""))
        )
            return new NotModified();
        var expires = clock.GetUtcNow().AddSeconds(expiresIn ?? DefaultSeconds);
        var url = store.SignedGet(row.FileKey, FileDownload.Terms(row, expires, isInline: disposition == "inline"));
        return redirect == false ? TypedResults.Ok(new Response(url, expires)) : TypedResults.Redirect(url.AbsoluteUri);
    }
}
