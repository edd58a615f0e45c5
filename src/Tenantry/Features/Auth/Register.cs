using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Passwords;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth;

/// <summary>
/// Registers a user, where the tenant's registration is open. Where the tenant requires verified addresses, the
/// response does not reveal whether an address has an account: both cases get the same response, and the owner of the
/// address gets a mail. An account whose address is not proved there has no owner yet: a later registration replaces
/// what an earlier one chose.
/// </summary>
public static class Register
{
    /// <param name="Email">The user's e-mail address. It is unique in the tenant, whatever its case.</param>
    /// <param name="Password">The password that the user chooses.</param>
    /// <param name="FirstName">The user's first name.</param>
    /// <param name="LastName">The user's last name.</param>
    public sealed record Request(
        [RequiredMember, Email] string? Email,
        [RequiredMember, Password] string? Password,
        [RequiredMember, ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName
    ) : IExample<Request>
    {
        public static Request Example => new("ada@example.com", "correct horse battery", "Ada", "Lovelace");
    }

    /// <param name="Status">
    /// <c>active</c>: the user can sign in. <c>verification_required</c>: the user must follow the link in the mail
    /// first.
    /// </param>
    /// <param name="Id">
    /// The new user's id. Null where verification is required, so that a taken address looks like a free one.
    /// </param>
    /// <param name="Email">The e-mail address of the request.</param>
    /// <param name="FirstName">The first name of the request.</param>
    /// <param name="LastName">The last name of the request.</param>
    public sealed record Response(string Status, Guid? Id, string Email, string FirstName, string? LastName)
        : IExample<Response>
    {
        public static Response Example => new("active", UserDocument.Example.Id, "ada@example.com", "Ada", "Lovelace");
    }

    public static async Task<Results<Created<Response>, Invalid, Denied, Conflicting, OverQuota, Unavailable>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        NewPasswords passwords,
        AuthMails mails,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var tenant = context.Tenant;
        if (tenant.Registration != Registration.Open)
            return Problems.Denied(Problems.RegistrationClosed, Problems.RegistrationClosed.Description);

        if ((ContextFault(body, tenant) ?? await passwords.BreachFault(body.Password!, cancel)) is { } fault)
            return Problems.Invalid("password", fault);

        // Before any step that depends on the address: a full tenant gives the same response for every address.
        if (await UserQuota.Check(db, settings, tenant, 1, cancel) is not null)
            return QuotaReached();

        var normalized = EmailAddress.Key(body.Email!);
        var owner = await db.Set<User>()
            .AsNoTracking()
            .SingleOrDefaultAsync(user => user.EmailNormalized == normalized, cancel);
        var isTaken = owner is not null && !owner.IsClaimIn(tenant);
        if (isTaken && !tenant.VerificationRequired)
            return Problems.Conflicting("There is a user with this address.", "email");

        // Hashed for a taken address, too: its response must not be faster.
        if (await passwords.Hash(tenant, body.Password!, cancel) is not { } hash)
            return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);

        if (isTaken)
            return await NotifyOwner(owner!.Email);

        var now = clock.GetUtcNow();
        var claim = new RegistrationClaim(hash, body.FirstName, body.LastName);
        if (owner is not null)
            return await ReplaceClaim(owner.Id);
        var user = new User
        {
            TenantId = tenant.Id,
            Email = body.Email!,
            EmailNormalized = normalized,
            PasswordHash = hash,
            IsSelfRegistered = true,
            FirstName = body.FirstName,
            LastName = body.LastName,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var transaction = await db.Begin(cancel);
        if (await UserQuota.Reserve(db, settings, tenant, 1, cancel) is not null)
            return QuotaReached();
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
        if (tenant.VerificationRequired && await MayMail())
            await MailVerification(user);
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
            // A concurrent registration took the address.
            await transaction.RollbackAsync(cancel);
            db.ChangeTracker.Clear();
            return await NotifyOwner(body.Email!);
        }

        return tenant.VerificationRequired
            ? VerificationRequired()
            : TypedResults.Created(
                $"{settings.ApiPath}/users/{user.Id}",
                new Response("active", user.Id, body.Email!, body.FirstName!, body.LastName)
            );

        // One pause for registrations and requested mails: a stranger must not flood a mailbox by both.
        async Task<bool> MayMail() =>
            await MailCooldown.Check(db, SystemTemplates.VerifyEmail, body.Email!, now, cancel) == TimeSpan.Zero;

        Task MailVerification(User to) =>
            mails.EmailVerification(
                db,
                tenant,
                to,
                MailedToken.Add(db, tenant.Id, to.Id, MailedTokenPurpose.EmailVerification, now, claim: claim),
                null,
                cancel
            );

        // What cannot be mailed can never be proved: within the pause the earlier registration stays.
        async Task<Created<Response>> ReplaceClaim(Guid id)
        {
            await using var replacing = await db.Begin(cancel);
            if (
                await MayMail()
                && await MailedToken.MakeRoom(db, id, MailedTokenPurpose.EmailVerification, cancel)
                && await db.Set<User>().SingleAsync(u => u.Id == id, cancel) is var claimed
                && claimed.IsClaimIn(tenant)
            )
            {
                (claimed.PasswordHash, claimed.FirstName, claimed.LastName, claimed.UpdatedAt) = (
                    hash,
                    body.FirstName,
                    body.LastName,
                    now
                );
                await MailVerification(claimed);
            }
            audit.Add(db, id, actor: id);
            await db.SaveChangesAsync(cancel);
            await replacing.CommitAsync(cancel);
            return VerificationRequired();
        }

        async Task<Created<Response>> NotifyOwner(string address)
        {
            await using var notifying = await db.Begin(cancel);
            await mails.AddressTaken(db, tenant, address, clock.GetUtcNow(), cancel);
            audit.Add(db, null, "address_taken");
            await db.SaveChangesAsync(cancel);
            await notifying.CommitAsync(cancel);
            return VerificationRequired();
        }

        // Without numbers: strangers must not learn how many users a tenant has.
        static OverQuota QuotaReached() =>
            Problems.OverQuota("The tenant has reached its quota of users. Contact its administrator.", use: null);

        // Nothing in it depends on whether the address was free: it has no Location either.
        Created<Response> VerificationRequired() =>
            TypedResults.Created(
                (string?)null,
                new Response("verification_required", null, body.Email!, body.FirstName!, body.LastName)
            );
    }

    /// <summary>Adds the faults that are found without the database.</summary>
    internal static void AddFaults(Request body, HttpContext http, Dictionary<string, string[]> errors)
    {
        if (
            body.Password is not null
            && http.RequestServices.GetRequiredService<TenantContext>() is { IsSet: true } context
            && ContextFault(body, context.Tenant) is { } fault
        )
            errors.TryAdd("password", [fault]);
    }

    private static string? ContextFault(Request body, ResolvedTenant tenant) =>
        ContextWords.Fault(body.Password!, body.Email, body.FirstName, body.LastName, tenant.Slug, tenant.Name);
}
