using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files.Downloads;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Links;

/// <summary>A file that was found by the token of a share link.</summary>
/// <param name="Db">A context of the file's tenant. The caller disposes of it.</param>
/// <param name="Link">The share link.</param>
/// <param name="File">The file.</param>
public sealed record SharedFile(TenantDb Db, FileLink Link, StoredFile File);

/// <summary>
/// Finds files by the tokens of share links, and counts their downloads. A link that is expired, used up, forged or of
/// another installation gets the same response, so that an attacker cannot tell them apart.
/// </summary>
public sealed class SharedFiles(
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    IObjectStore store,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock
)
{
    public const string Path = "/files/shared";

    internal static readonly OpenedByPeople People = new(
        "This link does not work",
        "It has expired, was used as often as allowed, or was withdrawn, or a part of it is missing. Copy the whole link, or ask the sender for a new one."
    );

    /// <summary>A signed address outlives a revoked link: therefore it is valid for seconds only.</summary>
    private static readonly TimeSpan AddressLifetime = TimeSpan.FromSeconds(30);

    public async Task<SharedFile?> Find(string? text, CancellationToken cancel)
    {
        if (
            text is null
            || !OpaqueToken.TryParse(OpaqueToken.FilePrefix, text, out var token)
            || await directory.ById(token.Tenant, cancel) is not { IsActive: true }
        )
            return null;
        // Acts as the tenant in the token, whatever tenant the host or a header names: only that tenant has the link.
        var db = (await contexts.CreateDbContextAsync(cancel)).For(token.Tenant);
        var (hash, now, outlives) = (token.Hash, clock.GetUtcNow(), settings.ShareLinksOutliveCreator);
        var found = await (
            from link in db.Set<FileLink>().AsNoTracking()
            join file in db.Set<StoredFile>().AsNoTracking()
                on new { link.TenantId, Id = link.FileId } equals new { file.TenantId, file.Id }
            where
                link.TokenHash == hash
                && link.ExpiresAt > now
                && (link.MostDownloads == null || link.Downloads < link.MostDownloads)
                && (outlives || db.Set<User>().Any(maker => maker.Id == link.CreatedBy && maker.IsActive))
            select new { link, file }
        ).SingleOrDefaultAsync(cancel);
        if (found is not null)
            return new SharedFile(db, found.link, found.file);
        await db.DisposeAsync();
        return null;
    }

    /// <summary>
    /// Counts a download and redirects to the object. The statement checks the limit again: of two requests at the same
    /// time only one gets the last download.
    /// </summary>
    public async Task<Results<RedirectHttpResult, Missing, Conflicting>> Download(
        SharedFile shared,
        CancellationToken cancel
    )
    {
        if (FileDownload.Refuse(shared.File) is { } reason)
            return Problems.Conflicting(reason);
        var (now, outlives, users) = (clock.GetUtcNow(), settings.ShareLinksOutliveCreator, shared.Db.Set<User>());
        await using var transaction = await shared.Db.Begin(cancel);
        var counted = await shared
            .Db.Set<FileLink>()
            .Where(link =>
                link.Id == shared.Link.Id
                && link.ExpiresAt > now
                && (link.MostDownloads == null || link.Downloads < link.MostDownloads)
                && (outlives || users.Any(maker => maker.Id == link.CreatedBy && maker.IsActive))
            )
            .ExecuteUpdateAsync(set => set.SetProperty(link => link.Downloads, link => link.Downloads + 1), cancel);
        if (counted == 0)
            return NotFound();
        audit.Add(shared.Db, shared.File.Id, onBehalfOf: shared.Link.CreatedBy);
        await shared.Db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Redirect(
            store
                .SignedGet(shared.File.FileKey, FileDownload.Terms(shared.File, now + AddressLifetime, isInline: false))
                .AbsoluteUri
        );
    }

    public static Missing NotFound() => Problems.Missing("The share link does not exist or has ended.");
}
