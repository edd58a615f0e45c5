using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// The id of an erased tenant. A trigger inserts the row when the row of the tenant is deleted. The database refuses a
/// new tenant with that id, so that an attacker cannot erase the audit log of a tenant and continue with the tenant.
/// The service may only read it.
/// </summary>
public sealed class ErasedTenant : IPlatformOwned
{
    public static string WhyNoTenant => "the tenant is erased; the row only records that its id was used";

    /// <summary>The name of the constraint that a refused tenant violates.</summary>
    public const string Constraint = "erased_tenants";

    public Guid Id { get; init; }

    /// <summary>When it was last erased, by the clock of the database.</summary>
    public DateTimeOffset ErasedAt { get; init; }

    /// <summary>
    /// When the owner of the database allowed the id again. It applies where it is later than <see cref="ErasedAt"/>.
    /// Null: never.
    /// </summary>
    public DateTimeOffset? ReadmittedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ErasedTenant>
    {
        public void Configure(EntityTypeBuilder<ErasedTenant> erased) =>
            erased.ToTable("erased_tenants").GrantToServingRole("SELECT");
    }
}
