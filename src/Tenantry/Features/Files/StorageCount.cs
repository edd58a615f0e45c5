using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files;

/// <summary>
/// The number and bytes of a tenant's files, updated in the transactions that create and delete files.
/// </summary>
public sealed class StorageCount : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Files { get; init; }
    public long Bytes { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<StorageCount>
    {
        public void Configure(EntityTypeBuilder<StorageCount> count)
        {
            count.ToTable("storage_counts");
            count.HasKey(c => c.TenantId);
        }
    }
}
