using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// An upload by the tus protocol, sent in parts to any instance. When it is complete, a file with its id exists.
/// </summary>
public sealed class ResumableUpload : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UserId { get; init; }
    public required string FileName { get; init; }

    /// <summary>The declared media type. Null: the client declared none.</summary>
    public string? MimeType { get; init; }
    public required long FileSize { get; init; }

    [CallersJson(CallersJsonAttribute.Metadata)]
    public JsonElement Metadata { get; init; } = FileLabels.NoMetadata;
    public string[] Tags { get; init; } = [];

    /// <summary>The header <c>Upload-Metadata</c> as the client sent it. HEAD returns it unchanged.</summary>
    public string? Described { get; init; }

    /// <summary>The number of bytes that are stored and count.</summary>
    public long Received { get; init; }

    /// <summary>The upload is complete. The row stays for a client that did not receive the response.</summary>
    public bool IsFile { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Each part moves it into the future.</summary>
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

/// <summary>A part of a resumable upload. Its bytes are an object of their own.</summary>
public sealed class ResumablePart : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UploadId { get; init; }

    /// <summary>The offset in the file at which the part begins.</summary>
    public required long Start { get; init; }
    public required long Size { get; init; }
    public required string ObjectKey { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ResumablePart>
    {
        public void Configure(EntityTypeBuilder<ResumablePart> part)
        {
            part.ToTable("resumable_parts").GrantToServingRole("SELECT, INSERT, DELETE");
            part.HasOne<ResumableUpload>()
                .WithMany()
                .HasForeignKey(p => new { p.TenantId, p.UploadId })
                .OnDelete(DeleteBehavior.Cascade);
            // Of two parts that begin at the same offset, one is refused.
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
