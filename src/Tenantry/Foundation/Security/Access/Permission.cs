using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// A permission of the catalogue, as a row that roles refer to. Only <c>tenantry migrate</c> writes it.
/// </summary>
public sealed class Permission : IPlatformOwned
{
    public static string WhyNoTenant =>
        "The catalogue of permissions is defined by the product, and is the same for every tenant.";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; init; }
    public required string Description { get; set; }
    public required string Resource { get; init; }
    public required string Action { get; init; }

    /// <summary>
    /// Synchronises the table with <see cref="Permissions.All"/>, and the system roles of every tenant with
    /// <see cref="SystemRoles"/>, also those that an earlier version or an archive created. It runs as the owner of the
    /// schema.
    /// </summary>
    public static async Task Sync(TenantDb db, CancellationToken cancel)
    {
        var known = await db.Set<Permission>().ToDictionaryAsync(permission => permission.Name, cancel);
        foreach (var definition in Permissions.All)
        {
            if (known.TryGetValue(definition.Name, out var permission))
                permission.Description = definition.Description;
            else
                db.Add(
                    new Permission
                    {
                        Name = definition.Name,
                        Description = definition.Description,
                        Resource = definition.Resource,
                        Action = definition.Action,
                    }
                );
        }
        await db.SaveChangesAsync(cancel);
        await GrantToSystemRoles(db, cancel);
    }

    /// <summary>One tenant after the other, each under its policy. Existing grants stay as they are.</summary>
    private static async Task GrantToSystemRoles(TenantDb db, CancellationToken cancel)
    {
        var grants = SystemRoles
            .OfEveryTenant.Append(SystemRoles.OfThePlatform)
            .SelectMany(role => role.Adds.Select(permission => (Role: role.Name, Permission: permission)))
            .ToList();
        var (roles, permissions) = (
            grants.Select(grant => grant.Role).ToArray(),
            grants.Select(grant => grant.Permission).ToArray()
        );
        for (var last = Guid.Empty; await NextTenants(db, last, cancel) is { Count: > 0 } tenants; last = tenants[^1])
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            foreach (var tenant in tenants)
            {
                await db.Database.ExecuteSqlAsync(TenantStatement.Of(tenant), cancel);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO role_permissions (tenant_id, role_id, permission_id)
                    SELECT r.tenant_id, r.id, p.id
                    FROM unnest({roles}, {permissions}) AS wanted (role, permission) JOIN roles r ON r.tenant_id = {tenant} AND r.is_system_role AND r.name = wanted.role JOIN permissions p ON p.name = wanted.permission
                    WHERE NOT EXISTS (SELECT FROM role_permissions g WHERE g.tenant_id = {tenant} AND g.role_id = r.id AND g.permission_id = p.id)
                    """,
                    cancel
                );
            }
            await transaction.CommitAsync(cancel);
        }
    }

    private static Task<List<Guid>> NextTenants(TenantDb db, Guid last, CancellationToken cancel) =>
        db
            .Database.SqlQueryRaw<Guid>(
                $"SELECT id AS \"Value\" FROM {DatabaseFunctions.NextTenants}({{0}}, 500) ORDER BY id",
                last
            )
            .ToListAsync(cancel);

    private sealed class Mapping : IEntityTypeConfiguration<Permission>
    {
        public void Configure(EntityTypeBuilder<Permission> permission)
        {
            permission.ToTable("permissions").GrantToServingRole("SELECT");
            permission.HasIndex(p => p.Name).IsUnique().HasDatabaseName("ux_permissions_name");
        }
    }
}
