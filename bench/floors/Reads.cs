using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;

namespace Tenantry.Floors;

/// <summary>
/// Bare Kestrel and Npgsql. The statements are those that the service sends, in the same batch with the same tenant in front, as the same role;
/// but nobody is asked who they are, nothing is limited, and no header is added.
/// </summary>
internal static class Reads
{
    private const string Tenant = "SELECT set_config('app.current_tenant_id', $1::text, true)";

    private const string Columns =
        "u.id, u.email, u.first_name, u.last_name, u.phone, u.locale, u.email_verified, u.is_active, u.password_hash IS NULL, u.last_login_at, u.created_at, u.updated_at";

    private const string OneUser = $"SELECT {Columns}, u.xmin FROM users AS u WHERE u.id = $1";

    private const string FiftyUsers = $"""
        SELECT {Columns},
               ARRAY(SELECT a.role_id FROM user_roles AS a WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id)
        FROM users AS u
        WHERE true ORDER BY u.id DESC LIMIT 51
        """;

    // As the service has them in its cache.
    private static readonly ConcurrentDictionary<Guid, Dictionary<Guid, Role>> Roles = new();

    public static async Task Serve(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, Answers.Default)
        );
        await using var database = NpgsqlDataSource.Create(
            FromUrl(Environment.GetEnvironmentVariable("DATABASE_URL")!)
        );
        var app = builder.Build();
        app.MapGet("/json", () => new Greeting("Hello, World!"));
        app.MapGet("/me", (Guid tenant, Guid user, CancellationToken cancel) => Me(database, tenant, user, cancel));
        app.MapGet("/users", (Guid tenant, CancellationToken cancel) => Users(database, tenant, cancel));
        await app.RunAsync();
    }

    private static async Task<User?> Me(NpgsqlDataSource database, Guid tenant, Guid user, CancellationToken cancel)
    {
        await using var batch = Batch(
            database,
            tenant,
            new NpgsqlBatchCommand(OneUser) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = user } } }
        );
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader) : null;
    }

    private static async Task<List<User>> Users(NpgsqlDataSource database, Guid tenant, CancellationToken cancel)
    {
        // One more than is shown, as the service reads to know whether there is a next page.
        if (!Roles.TryGetValue(tenant, out var roles))
            Roles[tenant] = roles = await RolesOf(database, tenant, cancel);
        await using var batch = Batch(database, tenant, new NpgsqlBatchCommand(FiftyUsers));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var users = new List<User>(51);
        while (await reader.ReadAsync(cancel))
        {
            var user = Read(reader);
            foreach (var role in reader.GetFieldValue<Guid[]>(12))
                user.Roles.Add(roles[role]);
            users.Add(user);
        }
        if (users.Count == 51)
            users.RemoveAt(50);
        return users;
    }

    private static async Task<Dictionary<Guid, Role>> RolesOf(
        NpgsqlDataSource database,
        Guid tenant,
        CancellationToken cancel
    )
    {
        await using var batch = Batch(database, tenant, new NpgsqlBatchCommand("SELECT id, name FROM roles"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var roles = new Dictionary<Guid, Role>();
        while (await reader.ReadAsync(cancel))
            roles[reader.GetGuid(0)] = new Role(reader.GetGuid(0), reader.GetString(1));
        return roles;
    }

    private static NpgsqlBatch Batch(NpgsqlDataSource database, Guid tenant, NpgsqlBatchCommand statement)
    {
        var batch = database.CreateBatch();
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(Tenant) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } } }
        );
        batch.BatchCommands.Add(statement);
        return batch;
    }

    private static User Read(NpgsqlDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetString(1),
            Text(row, 2),
            Text(row, 3),
            Text(row, 4),
            Text(row, 5),
            row.GetBoolean(6),
            row.GetBoolean(7),
            [],
            row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
            row.GetFieldValue<DateTimeOffset>(10),
            row.GetFieldValue<DateTimeOffset>(11)
        );

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static string FromUrl(string text)
    {
        var url = new Uri(text);
        var user = url.UserInfo.Split(':', 2);
        var most = System.Web.HttpUtility.ParseQueryString(url.Query)["pool_max"];
        return new NpgsqlConnectionStringBuilder
        {
            MaxPoolSize = most is null ? 100 : int.Parse(most, System.Globalization.CultureInfo.InvariantCulture),
            Host = url.Host,
            Port = url.Port,
            Database = url.AbsolutePath.TrimStart('/'),
            Username = user[0],
            Password = user[1],
            NoResetOnClose = true,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
        }.ConnectionString;
    }
}

internal sealed record Greeting(string Message);

internal sealed record Role(Guid Id, string Name);

internal sealed record User(
    Guid Id,
    string Email,
    string? FirstName,
    string? LastName,
    string? Phone,
    string? Locale,
    bool EmailVerified,
    bool IsActive,
    List<Role> Roles,
    DateTimeOffset? LastLoginAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(List<User>))]
internal sealed partial class Answers : JsonSerializerContext;
