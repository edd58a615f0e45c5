using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Files.Links;

/// <summary>Creates a share link, by which a recipient without an account can download a file.</summary>
public static class CreateFileLink
{
    private const int MaxSeconds = 90 * 24 * 3_600;
    private const int DefaultSeconds = 7 * 24 * 3_600;
    private const int MaxPerFile = 100;

    /// <param name="ExpiresIn">The lifetime of the link in seconds: 60 seconds to 90 days, 7 days by default.</param>
    /// <param name="MaxDownloads">The number of downloads after which the link ends. Omitted: it is unlimited.</param>
    /// <param name="Password">A password that the recipient must enter. Omitted: the link alone is sufficient.</param>
    public sealed record Request(
        [Range(60, MaxSeconds, ErrorMessage = "must be 60 seconds to 90 days (7776000)")] int? ExpiresIn,
        [Range(1, 1_000_000, ErrorMessage = "must be 1 to 1000000")] int? MaxDownloads,
        [LinkPassword] string? Password
    ) : IExample<Request>
    {
        public static Request Example => new(86_400, 3, null);
    }

    public static async Task<
        Results<Created<NewFileLinkDocument>, Invalid, Denied, Missing, Conflicting, Unavailable>
    > Handle(
        [Description("The id of the file.")] Guid id,
        Request body,
        TenantContext context,
        TenantDb db,
        PasswordHashing hashing,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (
            await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(file => file.Id == id, cancel)
            is not { } file
        )
            return FileAccessRule.NotFound();
        if (!FileAccessRule.MayChange(context, file))
            return FileAccessRule.NotOwner();
        if (await db.Set<FileLink>().CountAsync(link => link.FileId == id, cancel) >= MaxPerFile)
            return Problems.Conflicting($"The file has {MaxPerFile} share links. Revoke one first.");
        string? hash = null;
        if (body.Password is { } password)
        {
            using var turn = await hashing.Enter(context.TenantId, cancel);
            if (turn is null)
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            hash = turn.Hash(password);
        }
        var now = clock.GetUtcNow();
        var token = OpaqueToken.Create(OpaqueToken.FilePrefix, context.TenantId);
        var row = new FileLink
        {
            TenantId = context.TenantId,
            FileId = id,
            TokenHash = token.Hash,
            PasswordHash = hash,
            MostDownloads = body.MaxDownloads,
            ExpiresAt = now.AddSeconds(body.ExpiresIn ?? DefaultSeconds),
            CreatedBy = context.SignedIn.UserId,
            CreatedAt = now,
        };
        db.Add(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        var url = new Uri(settings.AppBaseUrl, $"{settings.ApiPath}{SharedFiles.Path}?token={token.Text}");
        return TypedResults.Created(
            $"{settings.ApiPath}/files/links/{row.Id}",
            NewFileLinkDocument.Of(row, context.SignedIn.UserId, url)
        );
    }
}

/// <summary>Validates the password of a share link. Shorter passwords could be guessed.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LinkPasswordAttribute() : ValidationAttribute("must have 8 to 128 characters")
{
    public override bool IsValid(object? value) => value is not string text || text.Length is >= 8 and <= 128;
}
