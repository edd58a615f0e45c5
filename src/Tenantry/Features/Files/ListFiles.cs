using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>Lists the files of the tenant, newest first.</summary>
public static class ListFiles
{
    public static async Task<Results<Ok<Page<FileDocument>>, Invalid>> Handle(
        PageRequest page,
        [FromQuery, Description("Only files whose name contains this text, in any case, with or without accents.")]
            string? name,
        [FromQuery, Description("Only files of this media type (`image/png`), or of a group of types (`image/*`).")]
            string? type,
        [FromQuery, Description("Only files that have this tag.")] string? tag,
        [FromQuery(Name = "user_id"), Description("Only files that this user has uploaded.")] Guid? user,
        [FromQuery, Description("Only files created at this time or later.")] DateTimeOffset? from,
        [FromQuery, NotBefore("from"), Description("Only files created before this time.")] DateTimeOffset? to,
        [FromQuery(Name = "min_size"), WholeNumber(0, long.MaxValue)]
        [Description("Only files of at least this size in bytes.")]
            long? minSize,
        [FromQuery(Name = "max_size"), WholeNumber(0, long.MaxValue)]
        [Description("Only files of at most this size in bytes.")]
            long? maxSize,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var files = db.Set<StoredFile>().AsNoTracking();
        if (page.After is { } after)
            files = files.Where(file => file.Id < after);
        if (name?.Trim() is { Length: > 0 } text)
            files = files.Where(file =>
                (file.SearchKey ?? TenantDb.SearchKey(file.Search)).Contains(TenantDb.SearchKey(text))
            );
        if (type is not null)
        {
            if (!type.EndsWith("/*", StringComparison.Ordinal) && FileType.Normalize(type) is null)
                return Problems.Invalid(
                    "type",
                    "must be a media type like image/png, or a group of types like image/*"
                );
            var (exact, prefix) = (
                type.ToLowerInvariant(),
                type.EndsWith("/*", StringComparison.Ordinal) ? type[..^1].ToLowerInvariant() : null
            );
            files = prefix is null
                ? files.Where(file => file.MimeType == exact)
                : files.Where(file => file.MimeType.StartsWith(prefix));
        }
        if (tag is not null)
            files = files.Where(file => file.Tags.Contains(tag));
        if (user is not null)
            files = files.Where(file => file.UserId == user);
        if (from is { } start)
            files = files.Where(file => file.CreatedAt >= start.ToUniversalTime());
        if (to is { } end)
            files = files.Where(file => file.CreatedAt < end.ToUniversalTime());
        if (minSize is not null)
            files = files.Where(file => file.FileSize >= minSize);
        if (maxSize is not null)
            files = files.Where(file => file.FileSize <= maxSize);
        var rows = await files
            .OrderByDescending(file => file.Id)
            .Take(page.Limit + 1)
            .Select(FileDocument.Shown)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage(rows, file => file.Id, http));
    }
}
