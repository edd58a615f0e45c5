using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>Changes the name, metadata or tags of a file. Its bytes never change.</summary>
public static class UpdateFile
{
    /// <param name="FileName">The new file name. Omitted: the name stays.</param>
    /// <param name="Metadata">The new metadata, which replaces the old. Omitted: the metadata stays.</param>
    /// <param name="Tags">The new tags, which replace the old. Omitted: the tags stay.</param>
    public sealed record Request(
        [NotBlank, ShortText(FileName.MaxLength)] string? FileName,
        [FreeObject(FileLabels.MaxBytes)] JsonElement? Metadata,
        [FileTags] IReadOnlyList<string>? Tags
    ) : IExample<Request>
    {
        public static Request Example =>
            new("invoice-4711-paid.pdf", JsonElement.Parse("""{"order":"4711","paid":true}"""), ["invoice", "paid"]);
    }

    public static async Task<Results<Ok<FileDocument>, Invalid, Denied, Missing, Stale>> Handle(
        [Description("The id of the file.")] Guid id,
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
            return FileAccessRule.NotFound();
        if (!FileAccessRule.MayChange(context, row))
            return FileAccessRule.NotOwner();
        if (!ETag.Matches(http, row.Version))
            return new Stale();
        if (body.FileName is { } name)
            row.FileName = FileName.Clean(name);
        if (body.Metadata is { ValueKind: JsonValueKind.Object } metadata)
            row.Metadata = metadata;
        if (body.Tags is { } tags)
            row.Tags = FileLabels.NormalizeTags(tags);
        row.UpdatedAt = clock.GetUtcNow();
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        http.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(FileDocument.Of(row));
    }
}
