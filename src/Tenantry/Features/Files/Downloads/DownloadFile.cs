using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Downloads;

/// <summary>The way to the bytes of a file: an address of the store that is good for a while. They do not pass through us, unless we are the store.</summary>
public static class DownloadFile
{
    private const int LongestSeconds = 3_600;
    private const int UsualSeconds = 300;

    /// <param name="Url">Gives the bytes to whoever has it.</param>
    /// <param name="ExpiresAt">When it is of no use any more.</param>
    public sealed record Address(Uri Url, DateTimeOffset ExpiresAt) : IExample<Address>
    {
        public static Address Example =>
            new(
                new Uri(
                    "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11?signature=Tm9uZQ"
                ),
                FileDocument.Example.CreatedAt.AddMinutes(5)
            );
    }

    public static async Task<
        Results<RedirectHttpResult, Ok<Address>, NotModified, Invalid, Missing, Conflicting>
    > Handle(
        Guid id,
        [FromQuery] bool? redirect,
        [FromQuery(Name = "expires_in")] int? expiresIn,
        [FromQuery] string? disposition,
        TenantDb db,
        IObjectStore store,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (expiresIn is < 1 or > LongestSeconds)
            errors["expires_in"] = [$"must be 1 to {LongestSeconds} seconds"];
        if (disposition is not (null or "attachment" or "inline"))
            errors["disposition"] = ["must be attachment or inline"];
        if (errors.Count > 0)
            return new Invalid(errors);
        if (
            await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(file => file.Id == id, cancel) is not { } row
        )
            return Problems.Missing("There is no such file.");
        if (Withheld(row) is { } reason)
            return Problems.Conflicting(reason);
        // The bytes of a file never change: their hash is their version, whatever the address.
        if (
            redirect != false
            && ETag.IsKnown(http, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(row.Sha256)}\""))
        )
            return new NotModified();
        var expires = clock.GetUtcNow().AddSeconds(expiresIn ?? UsualSeconds);
        var url = store.SignedGet(row.FileKey, Terms(row, expires, isInline: disposition == "inline"));
        return redirect == false ? TypedResults.Ok(new Address(url, expires)) : TypedResults.Redirect(url.AbsoluteUri);
    }

    /// <returns>why nobody gets the bytes; null: they may</returns>
    internal static string? Withheld(StoredFile row) =>
        row.Scan switch
        {
            Scan.Pending => "The file is still being looked at by the scanner.",
            Scan.Infected => "The scanner found something in the file: it is given to nobody.",
            Scan.Unscannable => "The file is larger than the scanner takes: it is given to nobody.",
            _ => null,
        };

    /// <summary>What a browser would run is saved, never shown, and what is saved has its name (RFC 6266).</summary>
    internal static SignedGet Terms(StoredFile row, DateTimeOffset expires, bool isInline)
    {
        var disposition = new ContentDispositionHeaderValue(
            isInline && FileType.IsInert(row.MimeType) ? "inline" : "attachment"
        );
        disposition.SetHttpFileName(row.FileName);
        return new SignedGet(expires, row.MimeType, disposition.ToString());
    }
}
