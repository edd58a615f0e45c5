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
        services.AddSingleton<SearchKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<SearchKeys>());
        services.AddSingleton<IExceptionMapper, ConstraintErrorMapper>();
        services.AddSingleton<IExceptionMapper, DatabaseOutage>();
    }

    /// <summary>Creates a connection pool.</summary>
    /// <param name="connection">The server, the database and the role.</param>
    /// <param name="live">
    /// Provides the password for each new connection; null: that of <paramref name="connection"/>.
    /// </param>
    /// <param name="of">Selects the connection in <paramref name="live"/>.</param>
    /// <param name="name">The name of the pool in metrics.</param>
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
                // No statement sets anything for a session, so a reset would be one unnecessary statement per use.
                NoResetOnClose = true,
                // The detail of a violated constraint contains values of the row.
                IncludeErrorDetail = false,
            }.ConnectionString
        )
        {
            Name = name,
        };
        // All columns have built-in types: the first connection of each pool need not read the types of the server.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        if (live is not null && of is not null)
            builder.UsePasswordProvider(
                _ => of(live.Current).Password ?? "",
                (_, _) => new ValueTask<string>(of(live.Current).Password ?? "")
            );
        return builder.Build();
    }

    /// <summary>Configures contexts over PostgreSQL.</summary>
    /// <param name="options">The options of the contexts.</param>
    /// <param name="dataSource">
    /// The pool; null: that of the container. With null, all containers of a process share the model and the translated
    /// queries.
    /// </param>
    /// <param name="explainMissingTenant">
    /// Whether a statement without a tenant throws instead of seeing no rows.
    /// </param>
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
            // A failure is logged once, where it becomes an answer.
            .ConfigureWarnings(warnings =>
                warnings.Ignore(
                    Microsoft.EntityFrameworkCore.Diagnostics.CoreEventId.SaveChangesFailed,
                    Microsoft.EntityFrameworkCore.Diagnostics.CoreEventId.QueryIterationFailed,
                    Microsoft.EntityFrameworkCore.Diagnostics.RelationalEventId.CommandError
                )
            );

        static void Postgres(NpgsqlDbContextOptionsBuilder npgsql) => npgsql.MigrationsHistoryTable(MigrationHistory);
    }

    /// <summary>Creates a context of the owner of the schema, for migrations.</summary>
    public static TenantDb OwnerContext(NpgsqlDataSource dataSource)
    {
        var options = new DbContextOptionsBuilder<TenantDb>();
        Configure(options, dataSource, explainMissingTenant: false);
        return new TenantDb(options.Options).WithoutTenant();
    }

    /// <summary>The name of the table of applied migrations.</summary>
    public const string MigrationHistory = "schema_migrations";
}
