using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Uploads;

/// <summary>A file that comes piece by piece, with pauses, to whichever instance. When it is whole it is a file of the same id.</summary>
public sealed class ResumableUpload : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UserId { get; init; }
    public required string FileName { get; init; }

    /// <summary>As it was declared; null: it was not.</summary>
    public string? MimeType { get; init; }
    public required long FileSize { get; init; }

    [CallersJson(CallersJsonAttribute.Metadata)]
    public JsonElement Metadata { get; init; } = FileLabels.NoMetadata;
    public string[] Tags { get; init; } = [];

    /// <summary>What the client said of it, in the client's words: it is told again.</summary>
    public string? Described { get; init; }

    /// <summary>How many bytes are in the store.</summary>
    public long Received { get; init; }

    /// <summary>It is whole. Kept for a client that never heard so.</summary>
    public bool IsFile { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Later with each piece.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ResumableUpload>
    {
        public void Configure(EntityTypeBuilder<ResumableUpload> upload)
        {
            upload.ToTable("resumable_uploads");
            upload.HasIndex(u => new { u.TenantId, u.UserId }).HasDatabaseName("ix_resumable_uploads_user");
            upload.HasIndex(u => u.ExpiresAt).HasDatabaseName("ix_resumable_uploads_expiry");
        }
    }
}

/// <summary>A piece of such a file, an object of its own.</summary>
public sealed class ResumablePart : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UploadId { get; init; }

    /// <summary>Where in the file it begins.</summary>
    public required long Start { get; init; }
    public required long Size { get; init; }
    public required string ObjectKey { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ResumablePart>
    {
        public void Configure(EntityTypeBuilder<ResumablePart> part)
        {
            part.ToTable("resumable_parts").ServingRoleMay("SELECT, INSERT, DELETE");
            part.HasOne<ResumableUpload>()
                .WithMany()
                .HasForeignKey(p => new { p.TenantId, p.UploadId })
                .OnDelete(DeleteBehavior.Cascade);
            // Where two pieces would begin at one place, one of them is refused.
            part.HasIndex(p => new
                {
                    p.TenantId,
                    p.UploadId,
                    p.Start,
                })
                .IsUnique()
                .HasDatabaseName("ux_resumable_parts_start");
            part.HasIndex(p => new { p.TenantId, p.ObjectKey }).HasDatabaseName("ix_resumable_parts_key");
        }
    }
}
