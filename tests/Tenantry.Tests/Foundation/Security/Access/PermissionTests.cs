using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Access;

public sealed class PermissionTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_permission_that_a_version_brings_is_given_to_the_system_roles_of_tenants_that_are_there()
    {
        var (_, tenant, _) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        // As they were before this version.
        await service.Sql(
            $"DELETE FROM role_permissions WHERE permission_id = (SELECT id FROM permissions WHERE name = '{Permissions.TemplatesSecurity}'); DELETE FROM permissions WHERE name = '{Permissions.TemplatesSecurity}'"
        );

        await using (var schema = new SchemaMigrations(cluster.Settings(service.Database).MigrationDatabase))
            await schema.Apply(Permission.Sync, TestContext.Current.CancellationToken);

        foreach (var one in new[] { tenant, other })
            (
                await service.Ask<string[]>(
                    $"SELECT array_agg(r.name) FROM role_permissions g JOIN roles r ON r.id = g.role_id JOIN permissions p ON p.id = g.permission_id WHERE g.tenant_id = '{one}' AND p.name = '{Permissions.TemplatesSecurity}'"
                )
            ).ShouldBe(["Admin"]);
    }
}
