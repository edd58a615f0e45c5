// What a .NET team would pick instead: ASP.NET Core Identity's own endpoints over EF Core. One large table of users, no tenants, no limits, no audit log.
//   identity fill USERS PASSWORD   makes the tables in the database of PEER_DATABASE and fills them
//   identity serve PORT            /login and the rest of Identity's own, /me, /users?limit=50
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

var database = Environment.GetEnvironmentVariable("PEER_DATABASE")!;
var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.Services.AddDbContextPool<Users>(options => options.UseNpgsql(database));
builder.Services.AddAuthorization();
builder.Services.AddIdentityApiEndpoints<IdentityUser>().AddEntityFrameworkStores<Users>();
if (args is ["serve", var port])
    builder.WebHost.UseUrls($"http://127.0.0.1:{port}");

var app = builder.Build();
switch (args)
{
    case ["fill", var users, var password]:
        await Fill(int.Parse(users, CultureInfo.InvariantCulture), password);
        return 0;
    case ["serve", _]:
        app.MapIdentityApi<IdentityUser>();
        app.MapGet("/ready", () => "yes");
        app.MapGet(
                "/me",
                async (ClaimsPrincipal caller, UserManager<IdentityUser> manager) =>
                    await manager.GetUserAsync(caller) is { } user ? Results.Ok(Show(user)) : Results.Unauthorized()
            )
            .RequireAuthorization();
        app.MapGet(
                "/users",
                async (Users db, int limit, CancellationToken cancel) =>
                    (await db.Users.AsNoTracking().OrderBy(user => user.Id).Take(limit).ToListAsync(cancel)).Select(
                        Show
                    )
            )
            .RequireAuthorization();
        await app.RunAsync();
        return 0;
    default:
        Console.Error.WriteLine("usage: identity fill USERS PASSWORD | serve PORT");
        return 2;
}

static Document Show(IdentityUser user) =>
    new(user.Id, user.Email, user.UserName, user.PhoneNumber, user.EmailConfirmed, user.TwoFactorEnabled);

async Task Fill(int count, string password)
{
    await using var scope = app.Services.CreateAsyncScope();
    var db = scope.ServiceProvider.GetRequiredService<Users>();
    await db.Database.EnsureCreatedAsync();
    // One hash for all: its salt is inside it, and making so many would take hours.
    var hash = scope
        .ServiceProvider.GetRequiredService<IPasswordHasher<IdentityUser>>()
        .HashPassword(new IdentityUser(), password);
    await db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash", "SecurityStamp", "ConcurrencyStamp",
                                   "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount")
        SELECT gen_random_uuid()::text, name, upper(name), name, upper(name), true, {hash}, gen_random_uuid()::text, gen_random_uuid()::text, false, false, true, 0
        FROM (SELECT 'user-' || n || '@example.com' AS name FROM generate_series(1, {count}) n) names
        """
    );
    await db.Database.ExecuteSqlAsync($"""ANALYZE "AspNetUsers" """);
}

internal sealed record Document(
    string Id,
    string? Email,
    string? UserName,
    string? PhoneNumber,
    bool EmailConfirmed,
    bool TwoFactorEnabled
);

internal sealed class Users(DbContextOptions<Users> options) : IdentityDbContext<IdentityUser>(options);
