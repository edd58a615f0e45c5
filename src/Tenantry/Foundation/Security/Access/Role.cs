using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Security.Access;

/// <summary>A named set of permissions, in addition to those of its parent.</summary>
public sealed class Role : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    [Audited]
    public required string Name { get; set; }

    [Audited]
    public string? Description { get; set; }

    [Audited]
    public Guid? ParentId { get; set; }
    public bool IsSystemRole { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Role>
    {
        public void Configure(EntityTypeBuilder<Role> role)
        {
            role.ToTable("roles");
            role.HasIndex(r => new { r.TenantId, r.Name })
                .IsUniqueWithConflict("ux_roles_name", "name", "A role with this name already exists.");
            role.HasOne<Role>()
                .WithMany()
                .HasForeignKey(r => new { r.TenantId, r.ParentId })
                .OnDelete(DeleteBehavior.NoAction);
            role.Property(r => r.Version).IsRowVersion();
        }
    }
}

/// <summary>A permission that a role adds to those of its parent.</summary>
public sealed class RolePermission : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid RoleId { get; init; }
    public Guid PermissionId { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<RolePermission>
    {
        public void Configure(EntityTypeBuilder<RolePermission> granted)
        {
            granted.ToTable("role_permissions").GrantToServingRole("SELECT, INSERT, DELETE");
            granted.HasKey(g => new
            {
                g.TenantId,
                g.RoleId,
                g.PermissionId,
            });
            granted
                .HasOne<Role>()
                .WithMany()
                .HasForeignKey(g => new { g.TenantId, g.RoleId })
                .OnDelete(DeleteBehavior.Cascade);
            granted
                .HasOne<Permission>()
                .WithMany()
                .HasForeignKey(g => g.PermissionId)
                .OnDelete(DeleteBehavior.Restrict);
        }
    }
}
