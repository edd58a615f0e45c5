using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Uploads;

/// <summary>A file that was announced, and that its owner sends to the store without us. It is a file when it was found to be what was announced.</summary>
public sealed class FileUpload : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.NewGuid();
    public required Guid UserId { get; init; }

    /// <summary>Where it comes in: tenant and id of the upload. The file gets a key of its own, to which nobody has an address that writes.</summary>
    public required string ObjectKey { get; init; }

    /// <summary>As the store calls it; its addresses end with it. Null: it has no bytes, and nothing comes.</summary>
    public string? StoreUpload { get; init; }
    public required int Parts { get; init; }
    public required string FileName { get; init; }
    public required string MimeType { get; init; }
    public required long FileSize { get; init; }
    public required byte[] Sha256 { get; init; }

    [CallersJson(CallersJsonAttribute.Metadata)]
    public JsonElement Metadata { get; init; } = FileLabels.NoMetadata;
    public string[] Tags { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<FileUpload>
    {
        public void Configure(EntityTypeBuilder<FileUpload> upload)
        {
            upload.ToTable("file_uploads").ServingRoleMay("SELECT, INSERT, DELETE");
            upload.HasIndex(u => new { u.TenantId, u.UserId }).HasDatabaseName("ix_file_uploads_user");
            upload.HasIndex(u => u.ExpiresAt).HasDatabaseName("ix_file_uploads_expiry");
        }
    }
}
