using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// A tenant that was erased here. A trigger writes the row when the tenant's own row goes; the database refuses a new tenant of that id,
/// so that nobody erases a log and then lets the tenant go on. The service may only read it.
/// </summary>
public sealed class ErasedTenant : IPlatformOwned
{
    public static string WhyNoTenant => "the tenant is gone; what is left is that its id was used";

    /// <summary>Of the primary key: the constraint that a refused tenant violates.</summary>
    public const string Constraint = "erased_tenants";

    public Guid Id { get; init; }

    /// <summary>By the database's clock; the last time, where it was erased more than once.</summary>
    public DateTimeOffset ErasedAt { get; init; }

    /// <summary>When the owner of the database let it come back. It may, where this is later than <see cref="ErasedAt"/>. Null: never.</summary>
    public DateTimeOffset? ReadmittedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ErasedTenant>
    {
        public void Configure(EntityTypeBuilder<ErasedTenant> erased) =>
            erased.ToTable("erased_tenants").ServingRoleMay("SELECT");
    }
}
