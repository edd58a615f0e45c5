using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Database;

namespace Tenantry.Foundation.Access;

/// <summary>A line of the catalogue, as roles refer to it. Written by <c>tenantry migrate</c> alone.</summary>
public sealed class Permission : IPlatformOwned
{
    public static string WhyNoTenant => "The catalogue of what can be permitted is the product's, the same for every tenant.";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; init; }
    public required string Description { get; set; }
    public required string Resource { get; init; }
    public required string Action { get; init; }

    /// <summary>Brings the table in step with <see cref="Permissions.All"/>, as the owner of the schema.</summary>
    public static async Task Sync(TenantDb db, CancellationToken cancel)
    {
        var known = await db.Set<Permission>().ToDictionaryAsync(permission => permission.Name, cancel);
        foreach (var definition in Permissions.All)
        {
            if (known.TryGetValue(definition.Name, out var permission))
                permission.Description = definition.Description;
            else
                db.Add(new Permission { Name = definition.Name, Description = definition.Description, Resource = definition.Resource, Action = definition.Action });
        }
        await db.SaveChangesAsync(cancel);
    }

    private sealed class Mapping : IEntityTypeConfiguration<Permission>
    {
        public void Configure(EntityTypeBuilder<Permission> permission)
        {
            permission.ToTable("permissions").ServingRoleMay("SELECT");
            permission.HasIndex(p => p.Name).IsUnique().HasDatabaseName("ux_permissions_name");
        }
    }
}
