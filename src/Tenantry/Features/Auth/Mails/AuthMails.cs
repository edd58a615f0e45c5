using System.Globalization;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Auth.Mails;

/// <summary>What the identity flows write to people. The words stand in <see cref="SystemTemplates"/>, or are the tenant's own.</summary>
public static class AuthMails
{
    public static Task VerifyAddress(
        TenantDb db,
        Outbox outbox,
        ResolvedTenant tenant,
        User user,
        string token,
        string? languages,
        CancellationToken cancel
    ) =>
        outbox.SecurityMail(
            db,
            SystemTemplates.VerifyEmail,
            user.Mailbox,
            Of(tenant, user),
            outbox.Link(LinkPages.VerifyEmailPath, token),
            languages,
            cancel
        );

    public static Task AddressIsTaken(
        TenantDb db,
        Outbox outbox,
        ResolvedTenant tenant,
        string address,
        CancellationToken cancel
    ) => outbox.Mail(db, SystemTemplates.AddressTaken, new MailTo(address), Of(tenant, null), null, cancel);

    public static Task ResetPassword(
        TenantDb db,
        Outbox outbox,
        ResolvedTenant tenant,
        User user,
        string token,
        string? languages,
        CancellationToken cancel
    ) =>
        outbox.SecurityMail(
            db,
            SystemTemplates.PasswordReset,
            user.Mailbox,
            Of(tenant, user),
            outbox.Link(LinkPages.ResetPasswordPath, token),
            languages,
            cancel
        );

    public static Task PasswordChanged(
        TenantDb db,
        Outbox outbox,
        ResolvedTenant tenant,
        User user,
        CancellationToken cancel
    ) => outbox.Mail(db, SystemTemplates.PasswordChanged, user.Mailbox, Of(tenant, user), null, cancel);

    public static Task RefreshTokenReused(
        TenantDb db,
        Outbox outbox,
        ResolvedTenant tenant,
        User user,
        CancellationToken cancel
    ) => outbox.Mail(db, SystemTemplates.SessionReused, user.Mailbox, Of(tenant, user), null, cancel);

    public static Task AccountDeleted(
        TenantDb db,
        Outbox outbox,
        ResolvedTenant tenant,
        User user,
        CancellationToken cancel
    ) =>
        outbox.Mail(
            db,
            SystemTemplates.AccountDeleted,
            user.Mailbox with
            {
                UserId = null,
            },
            Of(tenant, user),
            null,
            cancel
        );

    public static Task NewDevice(
        TenantDb db,
        Outbox outbox,
        ResolvedTenant tenant,
        User user,
        Session session,
        CancellationToken cancel
    ) =>
        outbox.Mail(
            db,
            SystemTemplates.NewDevice,
            user.Mailbox,
            Of(
                tenant,
                user,
                ("device", session.UserAgent ?? "a device that does not say what it is"),
                ("address", session.Address?.ToString() ?? "an unknown address"),
                ("time", session.CreatedAt.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture))
            ),
            null,
            cancel
        );

    private static Dictionary<string, string?> Of(
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
