using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Tenants;

/// <summary>
/// What a new installation needs before anybody can sign in: the tenant <c>platform</c> with its administrator, and in Development the
/// tenant that requests fall back to. What is there already is left as it is.
/// </summary>
public sealed partial class FirstStart(
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    PasswordHashing hashing,
    ServiceSettings settings,
    TimeProvider clock,
    ILogger<FirstStart> log
)
{
    public async Task Run(CancellationToken cancel)
    {
        if (await directory.BySlug(Tenant.PlatformSlug, cancel) is null)
            await Make(Tenant.PlatformSlug, "Platform", Registration.Closed, SubscriptionTier.Premium, cancel);
        // An id names a tenant that is there, or none: it is no slug to make one with.
        if (
            settings is { IsDevelopment: true, DefaultTenant: { } slug }
            && TenantSlug.IsFree(slug)
            && await directory.ByName(slug, cancel) is null
        )
            await Make(slug, "Default", Registration.Open, SubscriptionTier.Standard, cancel);
        if (settings.PlatformAdminEmail is { } email && settings.PlatformAdminPassword is { } password)
            await MakeAdministrator(email, password, cancel);
    }

    private async Task Make(
        string slug,
        string name,
        Registration registration,
        SubscriptionTier tier,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var tenant = new Tenant
        {
            Name = name,
            Slug = slug,
            Registration = registration,
            SubscriptionTier = tier,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        await NewTenant.Add(db, tenant, cancel);
        try
        {
            await db.SaveChangesAsync(cancel);
            TenantMade(log, slug);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: Tenant.UniqueSlug })
        {
            // Another instance started at the same moment and was faster.
        }
        directory.Forget(tenant.Id);
    }

    private async Task MakeAdministrator(string email, string password, CancellationToken cancel)
    {
        var platform =
            await directory.BySlug(Tenant.PlatformSlug, cancel)
            ?? throw new InvalidOperationException("The tenant 'platform' is missing.");
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(platform.Id);
        // A changed setting changes no password: whoever can write the environment of one start should not thereby own the platform.
        if (await db.Set<User>().AnyAsync(cancel))
            return;

        // One instance at a time: each would find nobody there, and with two addresses in two settings both would make somebody who owns the platform.
        await using var transaction = await db.Begin(cancel);
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended('tenantry.first_administrator', 0))",
            cancel
        );
        if (await db.Set<User>().AnyAsync(cancel))
            return;
        var now = clock.GetUtcNow();
        using var turn = await hashing.Turn(platform.Id, cancel);
        var user = new User
        {
            TenantId = platform.Id,
            Email = email,
            EmailNormalized = User.Normalize(email),
            PasswordHash = turn!.Hash(password),
            FirstName = "Platform",
            LastName = "Administrator",
            EmailVerified = true,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var role = await db.Set<Role>()
            .SingleAsync(r => r.IsSystemRole && r.Name == SystemRoles.PlatformAdministrator, cancel);
        db.Add(user);
        db.Add(
            new UserRole
            {
                TenantId = platform.Id,
                UserId = user.Id,
                RoleId = role.Id,
                AssignedAt = now,
            }
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        AdministratorMade(log);
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Made tenant {Slug}")]
    private static partial void TenantMade(ILogger log, string slug);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Made the platform's administrator")]
    private static partial void AdministratorMade(ILogger log);
}
