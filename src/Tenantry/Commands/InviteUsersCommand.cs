using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Commands;

/// <summary><c>tenantry users invite</c>: sends an invitation to all users of a tenant who have no password.</summary>
internal static class InviteUsersCommand
{
    /// <summary>The users whose invitations one transaction adds.</summary>
    private const int Batch = 100;

    public static Command Define(OperatorSettings settings, Func<WebApplication> app)
    {
        var tenant = new Option<string>("--tenant") { Description = "Slug or id of the tenant.", Required = true };
        var all = new Option<bool>("--all-without-password")
        {
            Description = "Invite all active users who have no password.",
            Required = true,
        };
        var dry = new Option<bool>("--dry-run") { Description = "Report only, without sending anything." };
        var invite = new Command(
            "invite",
            "Send an invitation with a link to set a password, for example after an import."
        )
        {
            tenant,
            all,
            dry,
        };
        invite.SetAction(
            (result, cancel) =>
                CommandExit.Of(settings, () => Run(app, result.GetValue(tenant)!, result.GetValue(dry), cancel))
        );
        return invite;
    }

    private static async Task Run(Func<WebApplication> build, string slug, bool isDryRun, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        var services = app.Services;
        var tenant = await NamedTenant.Find(services, slug, cancel);
        var contexts = services.GetRequiredService<IDbContextFactory<TenantDb>>();
        var outbox = services.GetRequiredService<Outbox>();
        var clock = services.GetRequiredService<TimeProvider>();
        var (invited, tooSoon, after) = (0, 0, Guid.Empty);
        while (true)
        {
            await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
            await using var transaction = await db.Begin(cancel);
            var users = await db.Set<User>()
                .Where(user => user.IsActive && user.PasswordHash == null && user.Id > after)
                .OrderBy(user => user.Id)
                .Take(Batch)
                .ToListAsync(cancel);
            if (users.Count == 0)
                break;
            after = users[^1].Id;
            if (isDryRun)
            {
                invited += users.Count;
                continue;
            }
            var before = invited;
            foreach (var user in users)
            {
                switch (await Invitation.Resend(db, outbox, tenant.Name, user, clock.GetUtcNow(), cancel))
                {
                    case null:
                        invited++;
                        break;
                    case NotInvited.TooSoon:
                        tooSoon++;
                        break;
                }
            }
            if (invited > before)
                db.Add(
                    new AuditEvent
                    {
                        TenantId = tenant.Id,
                        OccurredAt = clock.GetUtcNow(),
                        Action = "users.invited",
                        Outcome = AuditTrail.Success,
                        TargetId = tenant.Id,
                    }
                );
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        Console.WriteLine(
            isDryRun
                ? $"{invited} users of {tenant.Slug} have no password. Nothing was sent."
                : $"{invited} users of {tenant.Slug} invited."
        );
        if (tooSoon > 0)
            Console.WriteLine(
                $"{tooSoon} users were invited several times recently. Run the command again in an hour."
            );
    }
}
