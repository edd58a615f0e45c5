using Tenantry.Features.Users;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Outbox;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Auth;

/// <summary>What the identity flows write to people.</summary>
public static class Mails
{
    public static void VerifyAddress(TenantDb db, Outbox outbox, ResolvedTenant tenant, User user, string token) => outbox.Mail(db, user.Email,
        $"Your address at {tenant.Name}",
        $"""
        {user.Greeting}

        please confirm that this address is yours; the link is good for 24 hours:

        {outbox.Link(LinkPages.VerifyEmailPath, token)}

        If you did not ask for an account at {tenant.Name}, ignore this.
        """,
        "verify_email", user.Id);

    public static void AddressIsTaken(TenantDb db, Outbox outbox, ResolvedTenant tenant, string address) => outbox.Mail(db, address,
        $"Your account at {tenant.Name}",
        $"""
        Hello,

        somebody, perhaps you, asked for an account at {tenant.Name} with this address. You have one already: sign in with your password.

        If it was not you, nothing needs to be done.
        """,
        "address_taken", userId: null);

    public static void ResetPassword(TenantDb db, Outbox outbox, ResolvedTenant tenant, User user, string token) => outbox.Mail(db, user.Email,
        $"A new password for {tenant.Name}",
        $"""
        {user.Greeting}

        somebody, perhaps you, asked for a new password at {tenant.Name}. Choose it here; the link is good for an hour:

        {outbox.Link(LinkPages.ResetPasswordPath, token)}

        If it was not you, nothing needs to be done: your password stays as it is.
        """,
        "password_reset", user.Id);

    public static void PasswordChanged(TenantDb db, Outbox outbox, ResolvedTenant tenant, User user) => outbox.Mail(db, user.Email,
        $"Your password at {tenant.Name} was changed",
        $"""
        {user.Greeting}

        your password at {tenant.Name} was changed just now, and you were signed out everywhere else.

        If it was not you, somebody knows your password: ask your administrator for help at once.
        """,
        "password_changed", user.Id);

    public static void RefreshTokenReused(TenantDb db, Outbox outbox, ResolvedTenant tenant, User user) => outbox.Mail(db, user.Email,
        $"You were signed out at {tenant.Name}",
        $"""
        {user.Greeting}

        a sign-in of yours at {tenant.Name} was used from two places in a way that one person's devices do not do. In case somebody copied it, it has been ended. Please sign in again.

        If you see this often, change your password.
        """,
        "session_reused", user.Id);

    public static void AccountDeleted(TenantDb db, Outbox outbox, ResolvedTenant tenant, User user) => outbox.Mail(db, user.Email,
        $"Your account at {tenant.Name} is deleted",
        $"""
        {user.Greeting}

        your account at {tenant.Name} was deleted just now, as you asked. You are signed out everywhere.

        If it was not you, ask the people at {tenant.Name} for help.
        """,
        "account_deleted", userId: null);

    public static void NewDevice(TenantDb db, Outbox outbox, ResolvedTenant tenant, User user, Session session) => outbox.Mail(db, user.Email,
        $"A new sign-in at {tenant.Name}",
        $"""
        {user.Greeting}

        somebody signed in at {tenant.Name} with your password, from a device that you have not used before:

        {session.UserAgent ?? "a device that does not say what it is"}
        from {session.Address?.ToString() ?? "an unknown address"}, {session.CreatedAt:yyyy-MM-dd HH:mm} UTC

        If it was you, nothing needs to be done. If not, choose a new password at once: that signs everybody out.
        """,
        "new_device", user.Id);
}
