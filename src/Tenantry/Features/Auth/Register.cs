using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth;

/// <summary>
/// Makes an account for whoever asks, where the tenant lets them. A tenant that demands verified addresses tells nobody
/// whether an address has an account: both cases get the same answer, and the address's owner a mail.
/// </summary>
public static class Register
{
    public sealed record Request(
        [Needed, Email] string? Email,
        [Needed, Password] string? Password,
        [Needed, ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName
    ) : IExample<Request>
    {
        public static Request Example => new("ada@example.com", "correct horse battery", "Ada", "Lovelace");
    }

    /// <param name="Status"><c>active</c>: sign in now. <c>verification_required</c>: follow the link in the mail first.</param>
    /// <param name="Id">The new user's; null where verification is required, so that a taken address looks like a free one.</param>
    /// <param name="Email">The address, as it was given.</param>
    /// <param name="FirstName">As given.</param>
    /// <param name="LastName">As given.</param>
    public sealed record Response(string Status, Guid? Id, string Email, string FirstName, string? LastName)
        : IExample<Response>
    {
        public static Response Example => new("active", UserDocument.Example.Id, "ada@example.com", "Ada", "Lovelace");
    }

    public static async Task<Results<Created<Response>, Invalid, Denied, Conflicting, OverQuota, Unavailable>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        PasswordHashing hashing,
        BreachedPasswords breached,
        Outbox outbox,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var tenant = context.Tenant;
        if (tenant.Registration != Registration.Open)
            return Problems.Denied(Problems.RegistrationClosed, Problems.RegistrationClosed.When);

        if (
            (
                ContextWords.Fault(body.Password!, body.Email, body.FirstName, body.LastName, tenant.Slug, tenant.Name)
                ?? await breached.Fault(body.Password!, cancel)
            ) is
            { } fault
        )
            return Problems.Invalid("password", fault);

        // Before anything that depends on the address: a full tenant says the same to all.
        if (await UserQuota.Room(db, settings, tenant, 1, cancel) is not null)
            return Full();

        var normalized = User.Normalize(body.Email!);
        var owner = await db.Set<User>()
            .Where(user => user.EmailNormalized == normalized)
            .Select(user => user.Email)
            .SingleOrDefaultAsync(cancel);
        var taken = owner is not null;
        if (taken && !tenant.VerificationRequired)
            return Problems.Conflicting("There is a user with this address.", "email");

        // Hashed for a taken address too: the answer must not come faster.
        string hash;
        using (var turn = await hashing.Turn(context.TenantId, cancel))
        {
            if (turn is null)
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            hash = turn.Hash(body.Password!);
        }

        if (taken)
            return await TellOwner(owner!);

        var now = clock.GetUtcNow();
        var user = new User
        {
            TenantId = tenant.Id,
            Email = body.Email!,
            EmailNormalized = normalized,
            PasswordHash = hash,
            FirstName = body.FirstName,
            LastName = body.LastName,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var transaction = await db.Begin(cancel);
        if (await UserQuota.Take(db, settings, tenant, 1, cancel) is not null)
            return Full();
        db.Add(user);
        var role = await db.Set<Role>()
            .Where(r => r.IsSystemRole && r.Name == SystemRoles.User)
            .Select(r => r.Id)
            .SingleAsync(cancel);
        db.Add(
            new UserRole
            {
                TenantId = tenant.Id,
                UserId = user.Id,
                RoleId = role,
                AssignedAt = now,
            }
        );
        audit.Add(db, user.Id, actor: user.Id);
        if (tenant.VerificationRequired)
            await AuthMails.VerifyAddress(
                db,
                outbox,
                tenant,
                user,
                MailedToken.Add(db, tenant.Id, user.Id, MailedTokenPurpose.EmailVerification, now),
                null,
                cancel
            );
        try
        {
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException e)
            when (tenant.VerificationRequired
                && e.InnerException is PostgresException { ConstraintName: User.UniqueEmail }
            )
        {
            // Somebody took it meanwhile.
            await transaction.RollbackAsync(cancel);
            db.ChangeTracker.Clear();
            return await TellOwner(body.Email!);
        }

        return tenant.VerificationRequired
            ? VerificationRequired()
            : TypedResults.Created(
                $"{settings.ApiPath}/users/{user.Id}",
                new Response("active", user.Id, body.Email!, body.FirstName!, body.LastName)
            );

        async Task<Created<Response>> TellOwner(string address)
        {
            await using var telling = await db.Begin(cancel);
            if (
                await MailCooldown.Take(db, SystemTemplates.AddressTaken, address, clock.GetUtcNow(), cancel)
                == TimeSpan.Zero
            )
                await AuthMails.AddressIsTaken(db, outbox, tenant, address, cancel);
            audit.Add(db, null, "address_taken");
            await db.SaveChangesAsync(cancel);
            await telling.CommitAsync(cancel);
            return VerificationRequired();
        }

        // How many users there are is not for strangers.
        static OverQuota Full() => Problems.OverQuota("This tenant takes no more users.", use: null);

        // Nothing in it depends on whether the address was free, not even a Location.
        Created<Response> VerificationRequired() =>
            TypedResults.Created(
                (string?)null,
                new Response("verification_required", null, body.Email!, body.FirstName!, body.LastName)
            );
    }
}
