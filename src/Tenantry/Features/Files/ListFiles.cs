using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>The files of the tenant, newest first.</summary>
public static class ListFiles
{
    public static async Task<Results<Ok<Page<FileDocument>>, Invalid>> Handle(
        PageRequest page,
        [FromQuery] string? name,
        [FromQuery] string? type,
        [FromQuery] string? tag,
        [FromQuery(Name = "user_id")] Guid? user,
        [FromQuery] DateTimeOffset? from,
        [FromQuery] DateTimeOffset? to,
        [FromQuery(Name = "min_size")] long? least,
        [FromQuery(Name = "max_size")] long? most,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var files = db.Set<StoredFile>().AsNoTracking();
        if (page.After is { } after)
            files = files.Where(file => file.Id < after);
        if (name?.Trim() is { Length: > 0 } text && StoredFile.Searched(text) is var part)
            files = files.Where(file => file.Search.Contains(part));
        if (type is not null)
        {
            if (!type.EndsWith("/*", StringComparison.Ordinal) && FileType.Normalized(type) is null)
                return Problems.Invalid("type", "must be a media type like image/png, or all of a kind like image/*");
            var (whole, kind) = (
                type.ToLowerInvariant(),
                type.EndsWith("/*", StringComparison.Ordinal) ? type[..^1].ToLowerInvariant() : null
            );
            files = kind is null
                ? files.Where(file => file.MimeType == whole)
                : files.Where(file => file.MimeType.StartsWith(kind));
        }
        if (tag is not null)
            files = files.Where(file => file.Tags.Contains(tag));
        if (user is not null)
            files = files.Where(file => file.UserId == user);
        if (from is { } begin)
            files = files.Where(file => file.CreatedAt >= begin.ToUniversalTime());
        if (to is { } end)
            files = files.Where(file => file.CreatedAt < end.ToUniversalTime());
        if (least is not null)
            files = files.Where(file => file.FileSize >= least);
        if (most is not null)
            files = files.Where(file => file.FileSize <= most);
        var rows = await files
            .OrderByDescending(file => file.Id)
            .Take(page.Limit + 1)
            .Select(FileDocument.Shown)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.Cut(rows, file => file.Id, http));
    }
}
