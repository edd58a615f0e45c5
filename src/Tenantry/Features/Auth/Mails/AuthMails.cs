using System.Globalization;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Auth.Mails;

/// <summary>
/// The mails of sign-up, sign-in and passwords. Each method adds a mail to the outbox, in the transaction of the change
/// that it reports. The texts are in <see cref="SystemTemplates"/>, unless the tenant has its own.
/// </summary>
public sealed class AuthMails(Outbox outbox)
{
    public Task EmailVerification(
        TenantDb db,
        ResolvedTenant tenant,
        User user,
        string token,
        string? languages,
        CancellationToken cancel
    ) =>
        outbox.AddSecurityMail(
            db,
            SystemTemplates.VerifyEmail,
            user.Mailbox,
            Variables(tenant, user),
            outbox.Link(LinkPages.VerifyEmailPath, token),
            languages,
            cancel
        );

    /// <summary>Adds the mail to the owner of an address, unless the owner got it a short time ago.</summary>
    public async Task AddressTaken(
        TenantDb db,
        ResolvedTenant tenant,
        string address,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        if (await MailCooldown.Check(db, SystemTemplates.AddressTaken, address, now, cancel) == TimeSpan.Zero)
            await outbox.AddMail(
                db,
                SystemTemplates.AddressTaken,
                new MailRecipient(address),
                Variables(tenant, null),
                null,
                cancel
            );
    }

    public Task PasswordReset(
        TenantDb db,
        ResolvedTenant tenant,
        User user,
        string token,
        string? languages,
        CancellationToken cancel
    ) =>
        outbox.AddSecurityMail(
            db,
            SystemTemplates.PasswordReset,
            user.Mailbox,
            Variables(tenant, user),
            outbox.Link(LinkPages.ResetPasswordPath, token),
            languages,
            cancel
        );

    /// <summary>The mail to a user without a password. Its link is that of a reset.</summary>
    public Task SetPassword(
        TenantDb db,
        ResolvedTenant tenant,
        User user,
        string token,
        string? languages,
        CancellationToken cancel
    ) =>
        outbox.AddSecurityMail(
            db,
            SystemTemplates.SetPassword,
            user.Mailbox,
            Variables(tenant, user),
            outbox.Link(LinkPages.ResetPasswordPath, token),
            languages,
            cancel
        );

    /// <summary>The mail to an address that the user wants to change to: it is not proved yet.</summary>
    public Task EmailChange(
        TenantDb db,
        ResolvedTenant tenant,
        User user,
        string address,
        string token,
        CancellationToken cancel
    ) =>
        outbox.AddSecurityMail(
            db,
            SystemTemplates.EmailChange,
            user.Mailbox with
            {
                Address = address,
            },
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["tenant_name"] = tenant.Name,
                ["first_name"] = user.NameInMail,
            },
            outbox.Link(LinkPages.ConfirmEmailChangePath, token),
            null,
            cancel
        );

    /// <summary>The mail to the address before a change, with the link that undoes it.</summary>
    public Task EmailChanged(
        TenantDb db,
        ResolvedTenant tenant,
        User user,
        string before,
        string token,
        CancellationToken cancel
    ) =>
        outbox.AddSecurityMail(
            db,
            SystemTemplates.EmailChanged,
            user.Mailbox with
            {
                Address = before,
            },
            Variables(tenant, user),
            outbox.Link(LinkPages.UndoEmailChangePath, token),
            null,
            cancel
        );

    public Task PasswordChanged(TenantDb db, ResolvedTenant tenant, User user, CancellationToken cancel) =>
        outbox.AddMail(db, SystemTemplates.PasswordChanged, user.Mailbox, Variables(tenant, user), null, cancel);

    public Task RefreshTokenReused(TenantDb db, ResolvedTenant tenant, User user, CancellationToken cancel) =>
        outbox.AddMail(db, SystemTemplates.SessionReused, user.Mailbox, Variables(tenant, user), null, cancel);

    public Task AccountDeleted(TenantDb db, ResolvedTenant tenant, User user, CancellationToken cancel) =>
        outbox.AddMail(
            db,
            SystemTemplates.AccountDeleted,
            user.Mailbox with
            {
                UserId = null,
            },
            Variables(tenant, user),
            null,
            cancel
        );

    public Task NewDevice(TenantDb db, ResolvedTenant tenant, User user, Session session, CancellationToken cancel) =>
        outbox.AddMail(
            db,
            SystemTemplates.NewDevice,
            user.Mailbox,
            Variables(
                tenant,
                user,
                ("device", DeviceName.Of(session.UserAgent)),
                ("address", session.Address?.ToString() ?? "an unknown address"),
                ("time", session.CreatedAt.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture))
            ),
            null,
            cancel
        );

    private static Dictionary<string, string?> Variables(
        ResolvedTenant tenant,
        User? user,
        params (string Name, string Value)[] more
    )
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["tenant_name"] = tenant.Name,
            ["first_name"] = user?.NameInMail,
        };
        foreach (var (name, value) in more)
            values[name] = value;
        return values;
    }
}
