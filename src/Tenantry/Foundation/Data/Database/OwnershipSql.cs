using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations;

namespace Tenantry.Foundation.Data.Database;

#pragma warning disable EF1001 // the base class takes the provider's own options type, and an annotation's name is in its own class; nothing else of it is used here

/// <summary>
/// Writes isolation into each CREATE TABLE of a migration, and the mending into each index that is made beside the traffic. Granting comes last: a table that got no policy got no grant
/// either, and its first query fails in the developer's hands rather than leaking in production.
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
        ) // a migration from before there was such a thing makes its tables as it did then
        {
            // The door through which an erased tenant's rows go. It lets nobody at the rows of one that is not deleted.
            Add(builder, $"GRANT SELECT (ctid, tenant_id), DELETE ON {name} TO {TenantPolicy.CrossTenantRole};");
            Add(builder, TenantPolicy.Purge(name) + ";");
            // Rows that refer to others of their own table let go of them before any is erased.
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
            // What is built beside the traffic stays behind as INVALID when it breaks off: it costs each write, helps no read, and bars the name. The next try begins by taking it away.
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
