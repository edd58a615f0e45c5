using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Tenants;

/// <summary>
/// Creates what a new installation needs before anyone can sign in: the tenant <c>platform</c> with its administrator
/// and, in Development, the default tenant of requests. Existing rows are not changed.
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
            await CreateTenant(Tenant.PlatformSlug, "Platform", Registration.Closed, SubscriptionTier.Premium, cancel);
        // The setting can also be an id. An id is not a slug that a tenant can be created with.
        if (
            settings is { IsDevelopment: true, DefaultTenant: { } slug }
            && TenantSlug.IsFree(slug)
            && await directory.ByName(slug, cancel) is null
        )
            await CreateTenant(slug, "Default", Registration.Open, SubscriptionTier.Standard, cancel);
        if (settings.PlatformAdminEmail is { } email && settings.PlatformAdminPassword is { } password)
            await CreateAdministrator(email, password, cancel);
    }

    private async Task CreateTenant(
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
            TenantCreated(log, slug);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: Tenant.UniqueSlug })
        {
            // Race: another instance started at the same time and created the tenant first.
        }
        directory.Invalidate(tenant.Id);
    }

    private async Task CreateAdministrator(string email, string password, CancellationToken cancel)
    {
        var platform =
            await directory.BySlug(Tenant.PlatformSlug, cancel)
            ?? throw new InvalidOperationException("The tenant 'platform' is missing.");
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(platform.Id);
        // Attack: someone who can change the environment of one start sets a new password. The setting is only used
        // while there is no user, so it never changes a password.
        if (await db.Set<User>().AnyAsync(cancel))
            return;

        // Race: two instances that start at the same time both find no user. With two addresses in their settings, each
        // would create a platform administrator. The lock admits one instance at a time.
        await using var transaction = await db.Begin(cancel);
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended('tenantry.first_administrator', 0))",
            cancel
        );
        if (await db.Set<User>().AnyAsync(cancel))
            return;
        var now = clock.GetUtcNow();
        using var turn = await hashing.Enter(platform.Id, cancel);
        var user = new User
        {
            TenantId = platform.Id,
            Email = email,
            EmailNormalized = EmailAddress.Key(email),
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
        AdministratorCreated(log);
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Created tenant {Slug}")]
    private static partial void TenantCreated(ILogger log, string slug);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Created the platform administrator")]
    private static partial void AdministratorCreated(ILogger log);
}
