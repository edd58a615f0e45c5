using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// A direct upload: the client announces a file and sends it to the object store itself. It becomes a file when its
/// size, checksum and type have been checked.
/// </summary>
public sealed class FileUpload : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.NewGuid();
    public required Guid UserId { get; init; }

    /// <summary>
    /// The key of the object that the client writes: tenant and id of the upload. The file gets another key, for which
    /// no signed request to write exists.
    /// </summary>
    public required string ObjectKey { get; init; }

    /// <summary>
    /// The store's id of the multipart upload. When that ends, its signed requests are refused. Null: the file is
    /// empty, and no request sends it.
    /// </summary>
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
            upload.ToTable("file_uploads").GrantToServingRole("SELECT, INSERT, DELETE");
            upload.HasIndex(u => new { u.TenantId, u.UserId }).HasDatabaseName("ix_file_uploads_user");
            upload.HasIndex(u => u.ExpiresAt).HasDatabaseName("ix_file_uploads_expiry");
        }
    }
}
