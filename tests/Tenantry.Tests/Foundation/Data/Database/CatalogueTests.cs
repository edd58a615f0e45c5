using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>Holds the migrated catalogue against the model, table by table.</summary>
public sealed class CatalogueTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    public static TheoryData<string> TenantTables =>
        [
            .. Entities()
                .Where(entity => entity.FindAnnotation(OwnershipConvention.TenantProperty) is not null)
                .Select(entity => entity.GetTableName()!),
        ];

    public static TheoryData<string> AllTables => [.. Entities().Select(entity => entity.GetTableName()!)];

    [Theory, MemberData(nameof(TenantTables))]
    public async Task A_tenants_table_has_row_level_security_enabled_and_forced(string table) =>
        (
            await service.Ask<bool>(
                $"SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = '{table}'::regclass"
            )
        ).ShouldBeTrue();

    [Theory, MemberData(nameof(TenantTables))]
    public async Task Each_tenant_table_has_one_policy_that_applies_to_all_roles_for_reads_and_writes(string table)
    {
        var column = table == "tenants" ? "id" : "tenant_id";
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM pg_policy WHERE polrelid = '{table}'::regclass AND polroles = '{{0}}'"
            )
        ).ShouldBe(1);
        TenantPolicy
            .IsSame(
                await service.Ask<string>(
                    $"SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = '{table}'::regclass AND polname = 'tenant_isolation'"
                ),
                column
            )
            .ShouldBeTrue();
        TenantPolicy
            .IsSame(
                await service.Ask<string>(
                    $"SELECT pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = '{table}'::regclass AND polname = 'tenant_isolation'"
                ),
                column
            )
            .ShouldBeTrue();
    }

    [Theory, MemberData(nameof(TenantTables))]
    public async Task A_tenants_table_has_a_key_that_begins_with_the_tenant(string table) =>
        (
            await service.Ask<string>(
                $"SELECT a.attname::text FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'p' AND c.conrelid = '{table}'::regclass"
            )
        ).ShouldBe(table == "tenants" ? "id" : "tenant_id");

    [Theory, MemberData(nameof(AllTables))]
    public async Task The_serving_role_may_do_with_a_table_what_the_model_says_and_no_more(string table)
    {
        var expected = (
            (string)Entities().Single(entity => entity.GetTableName() == table)[OwnershipConvention.Grants]!
        )
            .Split(", ")
            .Order();
        var granted = await service.Ask<string[]>(
            $"SELECT array_agg(privilege_type::text ORDER BY privilege_type::text) FROM information_schema.role_table_grants WHERE table_schema = 'public' AND table_name = '{table}' AND grantee IN ('tenantry_serving', 'tenantry_app', 'PUBLIC')"
        );
        granted.ShouldBe(expected);
    }

    [Fact]
    public async Task No_foreign_key_between_tenants_tables_leaves_out_the_tenant() =>
        (
            await service.Ask<string[]>(
                """
                SELECT coalesce(array_agg(c.conname::text), '{}') FROM pg_constraint c
                WHERE c.contype = 'f' AND c.confrelid NOT IN ('tenants'::regclass, 'permissions'::regclass)
                  AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'tenant_id')
                """
            )
        ).ShouldBeEmpty();

    [Fact]
    public async Task The_only_functions_with_rights_of_their_own_are_the_cross_tenant_functions() =>
        (
            await service.Ask<string[]>(
                "SELECT array_agg(DISTINCT proname::text ORDER BY proname::text) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            )
        ).ShouldBe(SchemaFunctions.CrossTenantNames.Order());

    [Fact]
    public async Task There_is_no_table_beside_the_model_and_no_view() =>
        (
            await service.Ask<string[]>(
                "SELECT array_agg(relname::text ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
            )
        ).ShouldBe(
            Entities()
                .Select(entity => entity.GetTableName()!)
                .Append("schema_migrations")
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Every_time_is_kept_with_its_zone() =>
        (
            await service.Ask<long>(
                "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"
            )
        ).ShouldBe(0);

    [Fact]
    public void No_change_of_the_model_waits_for_a_migration()
    {
        using var db = Context();
        db.Database.HasPendingModelChanges().ShouldBeFalse();
    }

    [Fact]
    public async Task The_database_roles_that_hold_rights_cannot_log_in_or_bypass_row_level_security() =>
        (
            await service.Ask<bool>(
                "SELECT bool_or(rolcanlogin OR rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname IN ('tenantry_doors', 'tenantry_serving')"
            )
        ).ShouldBeFalse();

    private static IEnumerable<IEntityType> Entities()
    {
        using var db = Context();
        return [.. db.Model.GetEntityTypes()];
    }

    private static TenantDb Context() =>
        DatabaseServices.OwnerContext(NpgsqlDataSource.Create("Host=localhost;Database=none"));
}
