using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations;

namespace Tenantry.Foundation.Data.Database;

#pragma warning disable EF1001 // the constructor of the base class and the name of an annotation use internal types of the provider

/// <summary>
/// Adds row-level security, policies and grants to each CREATE TABLE of a migration, and a repair to each concurrently
/// created index. The grant is last: a table without a policy has no grant either, so its first query fails in
/// development instead of leaking rows in production.
/// </summary>
public sealed class OwnershipSql(MigrationsSqlGeneratorDependencies dependencies, INpgsqlSingletonOptions options)
    : NpgsqlMigrationsSqlGenerator(dependencies, options)
{
    protected override void Generate(
        CreateTableOperation operation,
        IModel? model,
        MigrationCommandListBuilder builder,
        bool terminate = true
    )
    {
        base.Generate(operation, model, builder, terminate: true);
        if (model?.GetRelationalModel().FindTable(operation.Name, operation.Schema) is not { } table)
            return;

        var entity = table.EntityTypeMappings.First().TypeBase;
        var name = Dependencies.SqlGenerationHelper.DelimitIdentifier(operation.Name, operation.Schema);
        if (entity.FindAnnotation(OwnershipConvention.TenantProperty)?.Value is string property)
        {
            var column = Dependencies.SqlGenerationHelper.DelimitIdentifier(
                entity.FindProperty(property)!.GetColumnName()
            );
            Add(builder, $"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;");
            Add(builder, $"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;");
            Add(
                builder,
                $"CREATE POLICY {TenantPolicy.Name} ON {name} USING ({TenantPolicy.Expression(column)}) WITH CHECK ({TenantPolicy.Expression(column)});"
            );
        }
        if (
            entity.FindAnnotation(OwnershipConvention.TenantProperty)?.Value is nameof(ITenantOwned.TenantId)
            && model.GetRelationalModel().FindTable("tenants", null)?.FindColumn("deleted_at") is not null
        ) // older migrations, without that column, create their tables as before
        {
            // For the erasure of a tenant. The policy shows only rows of deleted tenants.
            Add(builder, $"GRANT SELECT (ctid, tenant_id), DELETE ON {name} TO {TenantPolicy.CrossTenantRole};");
            Add(builder, TenantPolicy.Purge(name) + ";");
            // References between rows of the same table are set to NULL before rows are erased.
            foreach (
                var reference in table
                    .ForeignKeyConstraints.Where(key => key.PrincipalTable == table)
                    .SelectMany(key => key.Columns)
                    .Where(column => column.IsNullable)
            )
            {
                var own = Dependencies.SqlGenerationHelper.DelimitIdentifier(reference.Name);
                Add(builder, $"GRANT SELECT ({own}), UPDATE ({own}) ON {name} TO {TenantPolicy.CrossTenantRole};");
            }
        }
        if (entity.FindAnnotation(OwnershipConvention.Grants)?.Value is string grants)
            Add(builder, $"GRANT {grants} ON {name} TO {TenantPolicy.ServingRole};");
    }

    protected override void Generate(
        CreateIndexOperation operation,
        IModel? model,
        MigrationCommandListBuilder builder,
        bool terminate = true
    )
    {
        if (operation[NpgsqlAnnotationNames.CreatedConcurrently] is true)
        {
            // An interrupted CREATE INDEX CONCURRENTLY leaves an INVALID index, which slows every write, serves no read
            // and occupies the name. The next attempt drops it first.
            builder.AppendLine(
                $"DROP INDEX CONCURRENTLY IF EXISTS {Dependencies.SqlGenerationHelper.DelimitIdentifier(operation.Name, operation.Schema)};"
            );
            builder.EndCommand(suppressTransaction: true);
        }
        base.Generate(operation, model, builder, terminate);
    }

    private static void Add(MigrationCommandListBuilder builder, string statement)
    {
        builder.AppendLine(statement);
        builder.EndCommand();
    }
}
