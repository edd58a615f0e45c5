using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Links;

/// <summary>A link by which somebody without an account gets a file. It goes with the file.</summary>
public sealed class FileLink : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid FileId { get; init; }

    /// <summary>SHA-256: who reads the table has no link.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>A PHC string. Null: the link alone is enough.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Null: as many as come.</summary>
    [Audited]
    public int? MostDownloads { get; init; }
    public int Downloads { get; init; }

    [Audited]
    public required DateTimeOffset ExpiresAt { get; init; }
    public Guid? CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<FileLink>
    {
        public void Configure(EntityTypeBuilder<FileLink> link)
        {
            link.ToTable("file_links");
            link.HasIndex(l => new { l.TenantId, l.TokenHash }).IsUnique().HasDatabaseName("ux_file_links_token");
            link.HasIndex(l => new { l.TenantId, l.FileId }).HasDatabaseName("ix_file_links_file");
            link.HasOne<StoredFile>()
                .WithMany()
                .HasForeignKey(l => new { l.TenantId, l.FileId })
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
