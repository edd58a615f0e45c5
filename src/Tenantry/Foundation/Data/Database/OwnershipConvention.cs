using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Maps an entity with the marker <see cref="ITenantOwned"/> to a table of tenants: the key begins with the tenant, the
/// tenant exists, and every foreign key includes the tenant. PostgreSQL checks foreign keys without row-level security,
/// so a key without the tenant could reference another tenant's row.
/// </summary>
public sealed class OwnershipConvention : IEntityTypeAddedConvention, IModelFinalizingConvention
{
    /// <summary>Annotation of a table of tenants: the property that contains the tenant.</summary>
    public const string TenantProperty = "Tenantry:TenantProperty";

    /// <summary>Annotation: the privileges of the serving role on the table.</summary>
    public const string Grants = "Tenantry:Grants";

    private const string TenantId = nameof(ITenantOwned.TenantId);
    private const string Id = nameof(ITenantItself.Id);

    public void ProcessEntityTypeAdded(
        IConventionEntityTypeBuilder entityTypeBuilder,
        IConventionContext<IConventionEntityTypeBuilder> context
    )
    {
        var type = entityTypeBuilder.Metadata.ClrType;
        if (type.GetProperty(Id) is null)
            return; // a join table configures its own key
        // Early, so that relationships configured later find the whole key. EF's own convention would use the id
        // alone.
        var id = entityTypeBuilder.Property(typeof(Guid), Id)!.Metadata;
        entityTypeBuilder.PrimaryKey(
            Is<ITenantOwned>(type) ? [entityTypeBuilder.Property(typeof(Guid), TenantId)!.Metadata, id] : [id]
        );
    }

    public void ProcessModelFinalizing(
        IConventionModelBuilder modelBuilder,
        IConventionContext<IConventionModelBuilder> context
    )
    {
        var tenants = modelBuilder.Metadata.GetEntityTypes().Single(entity => Is<ITenantItself>(entity.ClrType));
        foreach (var entity in modelBuilder.Metadata.GetEntityTypes().ToList())
        {
            if (entity.FindAnnotation(Grants) is null)
                entity.Builder.HasAnnotation(Grants, "SELECT, INSERT, UPDATE, DELETE");

            if (entity == tenants)
                entity.Builder.HasAnnotation(TenantProperty, Id);
            else if (Is<ITenantOwned>(entity.ClrType))
                ConfigureTenantOwned(entity, tenants);
            else if (!typeof(IPlatformOwned).IsAssignableFrom(entity.ClrType))
                throw new InvalidOperationException(
                    $"{entity.DisplayName()} does not state the owner of its rows: mark it {nameof(ITenantOwned)}, or {nameof(IPlatformOwned)} with a reason."
                );
        }
    }

    private static void ConfigureTenantOwned(IConventionEntityType entity, IConventionEntityType tenants)
    {
        entity.Builder.HasAnnotation(TenantProperty, TenantId);
        var tenant = entity.FindProperty(TenantId)!;

        if (entity.FindPrimaryKey()?.Properties[0] != tenant)
            throw new InvalidOperationException($"The key of {entity.DisplayName()} does not begin with {TenantId}.");

        foreach (var foreignKey in entity.GetForeignKeys())
        {
            if (Is<ITenantOwned>(foreignKey.PrincipalEntityType.ClrType) && !foreignKey.Properties.Contains(tenant))
                throw new InvalidOperationException(
                    $"A foreign key from {entity.DisplayName()} to {foreignKey.PrincipalEntityType.DisplayName()} omits {TenantId}: it could reference a row of another tenant."
                );
        }

        if (!entity.GetForeignKeys().Any(foreignKey => foreignKey.PrincipalEntityType == tenants))
            entity
                .Builder.HasRelationship(tenants, [tenant], tenants.FindPrimaryKey()!)!
                .OnDelete(DeleteBehavior.Restrict, fromDataAnnotation: true);
    }

    private static bool Is<TMarker>(Type type) => typeof(TMarker).IsAssignableFrom(type);
}

public static class OwnershipMapping
{
    /// <summary>
    /// Limits the privileges of the serving role on a table: an append-only log is not updated, a catalogue is only
    /// read.
    /// </summary>
    public static EntityTypeBuilder<T> GrantToServingRole<T>(this EntityTypeBuilder<T> table, string grants)
        where T : class
    {
        table.HasAnnotation(OwnershipConvention.Grants, grants);
        return table;
    }
}
