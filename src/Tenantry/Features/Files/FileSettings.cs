using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files;

/// <summary>The file settings of a tenant.</summary>
public sealed class FileSettings : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>Media types that the tenant does not accept, each a type or a group like <c>video/*</c>.</summary>
    [Audited]
    public string[] RefusedTypes { get; set; } = [];
    public DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<FileSettings>
    {
        public void Configure(EntityTypeBuilder<FileSettings> settings)
        {
            settings.ToTable("file_settings").GrantToServingRole("SELECT, INSERT, UPDATE");
            settings.HasKey(s => s.TenantId);
            settings.Property(s => s.Version).IsRowVersion();
        }
    }
}
