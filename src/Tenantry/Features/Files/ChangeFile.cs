using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Files;

/// <summary>What is done to a file by whoever brought it, or by those who manage everybody's.</summary>
public static class ChangeFile
{
    /// <param name="FileName">As it is saved from now on.</param>
    /// <param name="Metadata">Instead of what there is.</param>
    /// <param name="Tags">Instead of those there are.</param>
    public sealed record Request(
        [NotBlank, ShortText(FileName.Longest)] string? FileName,
        [FreeObject(FileLabels.MostBytes)] JsonElement? Metadata,
        [FileTags] IReadOnlyList<string>? Tags
    ) : IExample<Request>
    {
        public static Request Example =>
            new("invoice-4711-paid.pdf", JsonElement.Parse("""{"order":"4711","paid":true}"""), ["invoice", "paid"]);
    }

    public static async Task<Results<Ok<FileDocument>, Invalid, Denied, Missing, Stale>> Handle(
        Guid id,
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await db.Set<StoredFile>().SingleOrDefaultAsync(file => file.Id == id, cancel) is not { } row)
            return NoSuchFile();
        if (!IsTheirs(context, row))
            return NotTheirs();
        if (!ETag.Holds(http, row.Version))
            return new Stale();
        if (body.FileName is { } name)
            row.FileName = Files.FileName.Clean(name);
        if (body.Metadata is { ValueKind: JsonValueKind.Object } metadata)
            row.Metadata = metadata;
        if (body.Tags is { } tags)
            row.Tags = FileLabels.Tidy(tags);
        row.UpdatedAt = clock.GetUtcNow();
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        http.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(FileDocument.Of(row));
    }

    /// <summary>The row goes now, and with it the note that takes the object away.</summary>
    public static async Task<Results<NoContent, Denied, Missing, Stale>> Delete(
        Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        HttpContext http,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await db.Set<StoredFile>().SingleOrDefaultAsync(file => file.Id == id, cancel) is not { } row)
            return NoSuchFile();
        if (!IsTheirs(context, row))
            return NotTheirs();
        if (!ETag.Holds(http, row.Version))
            return new Stale();
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await StorageQuota.GiveBack(db, row.FileSize, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    internal static bool IsTheirs(TenantContext context, StoredFile row) =>
        row.UserId == context.SignedIn.UserId || context.SignedIn.May(Permissions.FilesManage);

    internal static Denied NotTheirs() =>
        Problems.Denied(
            Problems.PermissionDenied,
            $"The file is somebody else's: that needs {Permissions.FilesManage}."
        );

    internal static Missing NoSuchFile() => Problems.Missing("There is no such file.");
}

/// <summary>Tags of a file.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FileTagsAttribute()
    : ValidationAttribute(
        "must be 20 tags at most, of 50 characters each, none of them blank or with a comma or a control character"
    )
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> tags
        || (
            tags.All(tag => !string.IsNullOrWhiteSpace(tag) && !tag.Contains(',', StringComparison.Ordinal))
            && FileLabels.FaultOf([.. tags]) is null
        );
}
