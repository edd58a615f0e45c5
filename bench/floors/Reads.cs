using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;

namespace Tenantry.Floors;

/// <summary>
/// Bare Kestrel and Npgsql. The statements are those that the service sends, in the same batch with the same tenant in front, as the same role and not prepared either;
/// but nobody is asked who they are, nothing is limited, and no header is added.
/// </summary>
internal static class Reads
{
    private const string Tenant = "SELECT set_config('app.current_tenant_id', $1::text, true)";

    private const string OneUser = """
        SELECT u.tenant_id, u.id, u.created_at, u.email, u.email_normalized, u.email_verified, u.first_name, u.is_active, u.last_login_at, u.last_name, u.locale, u.password_hash, u.phone, u.search, u.updated_at, u.xmin
        FROM users AS u
        WHERE u.id = $1
        LIMIT 2
        """;

    private const string FiftyUsers = """
        SELECT u1.tenant_id, u1.id, u1.created_at, u1.email, u1.email_normalized, u1.email_verified, u1.first_name, u1.is_active, u1.last_login_at, u1.last_name, u1.locale, u1.password_hash, u1.phone, u1.search, u1.updated_at, u1.xmin,
               s.id, s.name
        FROM (SELECT * , xmin FROM users AS u ORDER BY u.id DESC LIMIT $1) AS u1
        LEFT JOIN (SELECT r.id, r.name, u0.tenant_id, u0.user_id FROM user_roles AS u0 JOIN roles AS r ON u0.tenant_id = r.tenant_id AND u0.role_id = r.id) AS s ON u1.tenant_id = s.tenant_id AND u1.id = s.user_id
        ORDER BY u1.id DESC, u1.tenant_id, s.name
        """;

    public static async Task Serve(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, Answers.Default));
        await using var database = NpgsqlDataSource.Create(FromUrl(Environment.GetEnvironmentVariable("DATABASE_URL")!));
        var app = builder.Build();
        app.MapGet("/json", () => new Greeting("Hello, World!"));
        app.MapGet("/me", (Guid tenant, Guid user, CancellationToken cancel) => Me(database, tenant, user, cancel));
        app.MapGet("/users", (Guid tenant, CancellationToken cancel) => Users(database, tenant, cancel));
        await app.RunAsync();
    }

    private static async Task<User?> Me(NpgsqlDataSource database, Guid tenant, Guid user, CancellationToken cancel)
    {
        await using var batch = Batch(database, tenant, new NpgsqlBatchCommand(OneUser) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = user } } });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader) : null;
    }

    private static async Task<List<User>> Users(NpgsqlDataSource database, Guid tenant, CancellationToken cancel)
    {
        // One more than is shown, as the service reads to know whether there is a next page.
        await using var batch = Batch(database, tenant, new NpgsqlBatchCommand(FiftyUsers) { Parameters = { new NpgsqlParameter<int> { TypedValue = 51 } } });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var users = new List<User>(51);
        while (await reader.ReadAsync(cancel))
        {
            if (users.Count == 0 || users[^1].Id != reader.GetGuid(1))
                users.Add(Read(reader));
            if (!reader.IsDBNull(16))
                users[^1].Roles.Add(new Role(reader.GetGuid(16), reader.GetString(17)));
        }
        if (users.Count == 51)
            users.RemoveAt(50);
        return users;
    }

    private static NpgsqlBatch Batch(NpgsqlDataSource database, Guid tenant, NpgsqlBatchCommand statement)
    {
        var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Tenant) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } } });
        batch.BatchCommands.Add(statement);
        return batch;
    }

    private static User Read(NpgsqlDataReader row) => new(
        row.GetGuid(1), row.GetString(3), Text(row, 6), Text(row, 9), Text(row, 12), Text(row, 10), row.GetBoolean(5), row.GetBoolean(7), [],
        row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(14));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static string FromUrl(string text)
    {
        var url = new Uri(text);
        var user = url.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder { Host = url.Host, Port = url.Port, Database = url.AbsolutePath.TrimStart('/'), Username = user[0], Password = user[1], NoResetOnClose = true, MaxAutoPrepare = 100, AutoPrepareMinUsages = 2 }.ConnectionString;
    }
}

internal sealed record Greeting(string Message);

internal sealed record Role(Guid Id, string Name);

internal sealed record User(
    Guid Id, string Email, string? FirstName, string? LastName, string? Phone, string? Locale, bool EmailVerified, bool IsActive, List<Role> Roles,
    DateTimeOffset? LastLoginAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(List<User>))]
internal sealed partial class Answers : JsonSerializerContext;
