using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files.Downloads;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Links;

/// <summary>
/// Where a link leads: to an address of the store that lives for seconds, so that a link that ends has ended. One that is over, used up, made up or of another installation is
/// answered alike.
/// </summary>
public sealed class SharedFile(
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    IObjectStore store,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock
)
{
    public const string Path = "/files/shared";

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>A link without a password leads on; one with asks for it.</summary>
    public static async Task<Results<RedirectHttpResult, ContentHttpResult, Missing, Conflicting>> Ask(
        [FromQuery] string? token,
        SharedFile shared,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await shared.Opened(token, cancel) is not { } found)
            return NoSuchLink();
        await using var db = found.Db;
        return found.Link.PasswordHash is null
            ? await shared.Lead(found, cancel) switch
            {
                RedirectHttpResult redirect => redirect,
                Conflicting conflicting => conflicting,
                _ => NoSuchLink(),
            }
            : WebPage.Show(
                http,
                found.File.FileName,
                """<form method="post"><label>The password of this file <input type="password" name="password" autocomplete="off" required autofocus></label> <button>Download</button></form>""",
                formLeadsOn: true
            ); // to the bucket
    }

    public static async Task<Results<RedirectHttpResult, Missing, Conflicting, Unauthenticated, Unavailable>> Take(
        [FromQuery] string? token,
        [FromForm] string? password,
        SharedFile shared,
        PasswordHashing hashing,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await shared.Opened(token, cancel) is not { } found)
            return NoSuchLink();
        await using var db = found.Db;
        if (found.Link.PasswordHash is { } hash)
        {
            using var turn = await hashing.Turn(found.File.TenantId, cancel);
            if (turn is null)
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            if (password is not { Length: <= 128 } || !turn.Verify(password, hash))
                return Problems.Unauthenticated(
                    Problems.AuthenticationFailed,
                    "That is not the password of this link."
                );
        }
        return await shared.Lead(found, cancel) switch
        {
            RedirectHttpResult redirect => redirect,
            Conflicting conflicting => conflicting,
            _ => NoSuchLink(),
        };
    }

    private async Task<Found?> Opened(string? text, CancellationToken cancel)
    {
        if (
            text is null
            || !OpaqueToken.TryParse(OpaqueToken.FilePrefix, text, out var token)
            || await directory.ById(token.Tenant, cancel) is not { IsActive: true }
        )
            return null;
        // A door: the token names the tenant, whatever host or header say.
        var db = (await contexts.CreateDbContextAsync(cancel)).For(token.Tenant);
        var (hash, now, outlives) = (token.Hash, clock.GetUtcNow(), settings.FileLinksOutliveTheirMaker);
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
            return new Found(db, found.link, found.file);
        await db.DisposeAsync();
        return null;
    }

    /// <summary>Counts, as long as there is something left: of two at once only one gets the last.</summary>
    private async Task<IResult?> Lead(Found found, CancellationToken cancel)
    {
        if (DownloadFile.Withheld(found.File) is { } reason)
            return Problems.Conflicting(reason);
        var (now, outlives, users) = (clock.GetUtcNow(), settings.FileLinksOutliveTheirMaker, found.Db.Set<User>());
        await using var transaction = await found.Db.Begin(cancel);
        var counted = await found
            .Db.Set<FileLink>()
            .Where(link =>
                link.Id == found.Link.Id
                && link.ExpiresAt > now
                && (link.MostDownloads == null || link.Downloads < link.MostDownloads)
                && (outlives || users.Any(maker => maker.Id == link.CreatedBy && maker.IsActive))
            )
            .ExecuteUpdateAsync(set => set.SetProperty(link => link.Downloads, link => link.Downloads + 1), cancel);
        if (counted == 0)
            return null;
        audit.Add(found.Db, found.File.Id, onBehalfOf: found.Link.CreatedBy);
        await found.Db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Redirect(
            store
                .SignedGet(found.File.FileKey, DownloadFile.Terms(found.File, now + Lifetime, isInline: false))
                .AbsoluteUri
        );
    }

    private static Missing NoSuchLink() => Problems.Missing("There is no such link, or it has ended.");

    private sealed record Found(TenantDb Db, FileLink Link, StoredFile File);
}
