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

/// <summary>The links of a file, for those who give them out. What they lead to is in <see cref="SharedFile"/>.</summary>
public static class FileLinks
{
    private const int LongestSeconds = 90 * 24 * 3_600;
    private const int UsualSeconds = 7 * 24 * 3_600;
    private const int Most = 100;

    /// <param name="ExpiresIn">Seconds; a week where it is not given, 90 days at most.</param>
    /// <param name="MaxDownloads">As often; not given: as often as somebody asks.</param>
    /// <param name="Password">That has to be said besides.</param>
    public sealed record Request(
        [Range(60, LongestSeconds, ErrorMessage = "must be 60 seconds to 90 days (7776000)")] int? ExpiresIn,
        [Range(1, 1_000_000, ErrorMessage = "must be 1 to 1000000")] int? MaxDownloads,
        [LinkPassword] string? Password
    ) : IExample<Request>
    {
        public static Request Example => new(86_400, 3, null);
    }

    /// <param name="Id">Of the link.</param>
    /// <param name="Url">Told once: it cannot be read again.</param>
    /// <param name="HasPassword">Whether a password has to be said besides.</param>
    /// <param name="MaxDownloads">As often; null: as often as somebody asks.</param>
    /// <param name="Downloads">That there were.</param>
    /// <param name="ExpiresAt">When it ends.</param>
    /// <param name="CreatedBy">Who gave it out.</param>
    /// <param name="CreatedAt">When.</param>
    public sealed record Document(
        Guid Id,
        Uri? Url,
        bool HasPassword,
        int? MaxDownloads,
        int Downloads,
        DateTimeOffset ExpiresAt,
        Guid? CreatedBy,
        DateTimeOffset CreatedAt
    ) : IExample<Document>
    {
        public static Document Example =>
            new(
                Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70902"),
                new Uri("https://api.example.com/api/v1/files/shared?token=tnf_AZqPPo0AfBG"),
                false,
                3,
                0,
                FileDocument.Example.CreatedAt.AddDays(1),
                FileDocument.Example.UserId,
                FileDocument.Example.CreatedAt
            );

        internal static Document Of(FileLink row, Uri? url = null) =>
            new(
                row.Id,
                url,
                row.PasswordHash is not null,
                row.MostDownloads,
                row.Downloads,
                row.ExpiresAt,
                row.CreatedBy,
                row.CreatedAt
            );
    }

    public static async Task<Results<Created<Document>, Invalid, Denied, Missing, Conflicting, Unavailable>> Make(
        Guid id,
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
            return ChangeFile.NoSuchFile();
        if (!ChangeFile.IsTheirs(context, file))
            return ChangeFile.NotTheirs();
        if (await db.Set<FileLink>().CountAsync(link => link.FileId == id, cancel) >= Most)
            return Problems.Conflicting($"The file has {Most} links already: take some away first.");
        string? hash = null;
        if (body.Password is { } password)
        {
            using var turn = await hashing.Turn(context.TenantId, cancel);
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
            ExpiresAt = now.AddSeconds(body.ExpiresIn ?? UsualSeconds),
            CreatedBy = context.SignedIn.UserId,
            CreatedAt = now,
        };
        db.Add(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        var url = new Uri(settings.AppBaseUrl, $"{settings.ApiPath}{SharedFile.Path}?token={token.Text}");
        return TypedResults.Created($"{settings.ApiPath}/files/links/{row.Id}", Document.Of(row, url));
    }

    public static async Task<Results<Ok<Page<Document>>, Denied, Missing>> List(
        Guid id,
        PageRequest page,
        TenantContext context,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (
            await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(file => file.Id == id, cancel)
            is not { } file
        )
            return ChangeFile.NoSuchFile();
        if (!ChangeFile.IsTheirs(context, file))
            return ChangeFile.NotTheirs();
        var rows = await db.Set<FileLink>()
            .AsNoTracking()
            .Where(link => link.FileId == id && (page.After == null || link.Id < page.After))
            .OrderByDescending(link => link.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.Cut([.. rows.Select(row => Document.Of(row))], link => link.Id, http));
    }

    /// <summary>It leads nowhere from then on; an address that it led to a moment ago lives for seconds.</summary>
    public static async Task<Results<NoContent, Denied, Missing>> End(
        Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        // The file may go between the two.
        if (
            await db.Set<FileLink>().SingleOrDefaultAsync(link => link.Id == id, cancel) is not { } row
            || await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(file => file.Id == row.FileId, cancel)
                is not { } file
        )
            return Problems.Missing("There is no such link.");
        if (!ChangeFile.IsTheirs(context, file))
            return ChangeFile.NotTheirs();
        db.Remove(row);
        audit.Add(db, row.FileId);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}

/// <summary>Short ones are guessed.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LinkPasswordAttribute() : ValidationAttribute("must have 8 to 128 characters")
{
    public override bool IsValid(object? value) => value is not string text || text.Length is >= 8 and <= 128;
}
