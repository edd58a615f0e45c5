using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Database;

/// <summary>The connection pool of the serving role, and contexts over it.</summary>
public static class DatabaseServices
{
    public static void AddDatabase(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(provider =>
            DataSource(settings.Database, provider.GetRequiredService<LiveSettings>(), now => now.Database)
        );
        services.AddPooledDbContextFactory<TenantDb>(
            (_, options) => Configure(options, null, explainMissingTenant: settings.IsDevelopment)
        );
        services.AddSingleton<IsolationCheck>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddSingleton<Instances>();
        services.AddHostedService(provider => provider.GetRequiredService<Instances>());
        services.AddSingleton<DatabaseFigures>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseFigures>());
        services.AddSingleton<ExpiredRows>();
        services.AddHostedService(provider => provider.GetRequiredService<ExpiredRows>());
        services.AddSingleton<IExceptionMapper, ConstraintErrorMapper>();
        services.AddSingleton<IExceptionMapper, DatabaseOutage>();
    }

    /// <param name="connection">whose role serves, or owns</param>
    /// <param name="live">whose password counts for each connection that is opened; null: the one that is given</param>
    /// <param name="of">which of them</param>
    /// <param name="name">of its figures</param>
    public static NpgsqlDataSource DataSource(
        NpgsqlConnectionStringBuilder connection,
        LiveSettings? live = null,
        Func<ServiceSettings, NpgsqlConnectionStringBuilder>? of = null,
        string name = "tenantry"
    )
    {
        var builder = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(connection.ConnectionString)
            {
                Password = live is null ? connection.Password : null,
                ApplicationName = connection.ApplicationName ?? "tenantry",
                // Nothing is ever set for a session, so there is nothing to reset: one statement less for each use of a connection.
                NoResetOnClose = true,
                // A constraint's detail repeats the values of the row.
                IncludeErrorDetail = false,
            }.ConnectionString
        )
        {
            Name = name,
        };
        if (live is not null && of is not null)
            builder.UsePasswordProvider(
                _ => of(live.Current).Password ?? "",
                (_, _) => new ValueTask<string>(of(live.Current).Password ?? "")
            );
        return builder.Build();
    }

    /// <param name="options">of the contexts</param>
    /// <param name="dataSource">null: the one of the container that they come from. The model and the translated queries are then one for all containers of a process</param>
    /// <param name="explainMissingTenant">whether a statement without a tenant fails, and does not just see nothing</param>
    public static void Configure(
        DbContextOptionsBuilder options,
        NpgsqlDataSource? dataSource,
        bool explainMissingTenant
    )
    {
        if (dataSource is null)
            options.UseNpgsql(Postgres);
        else
            options.UseNpgsql(dataSource, Postgres);
        options
            .UseSnakeCaseNamingConvention()
            .ReplaceService<IMigrationsSqlGenerator, OwnershipSql>()
            .AddInterceptors(
                new StatementInterceptor(),
                new TenantCommandInterceptor(explainMissingTenant),
                new TenantTransactionInterceptor()
            )
            // What goes wrong is told once, where it becomes an answer.
            .ConfigureWarnings(warnings =>
                warnings.Ignore(
                    Microsoft.EntityFrameworkCore.Diagnostics.CoreEventId.SaveChangesFailed,
                    Microsoft.EntityFrameworkCore.Diagnostics.CoreEventId.QueryIterationFailed,
                    Microsoft.EntityFrameworkCore.Diagnostics.RelationalEventId.CommandError
                )
            );

        static void Postgres(NpgsqlDbContextOptionsBuilder npgsql) => npgsql.MigrationsHistoryTable(MigrationHistory);
    }

    /// <summary>A context of the owner, for migrating.</summary>
    public static TenantDb OwnerContext(NpgsqlDataSource dataSource)
    {
        var options = new DbContextOptionsBuilder<TenantDb>();
        Configure(options, dataSource, explainMissingTenant: false);
        return new TenantDb(options.Options).WithoutTenant();
    }

    public const string MigrationHistory = "schema_migrations";
}
