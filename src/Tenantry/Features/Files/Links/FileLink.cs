using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Links;

/// <summary>
/// A share link, by which a recipient without an account can download a file. It is deleted with the file.
/// </summary>
public sealed class FileLink : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid FileId { get; init; }

    /// <summary>The SHA-256 of the token. A leaked table does not contain the links.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>The hash of the password as a PHC string. Null: the link alone is sufficient.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>The number of downloads after which the link ends. Null: it is unlimited.</summary>
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
