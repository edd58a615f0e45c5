using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

namespace Tenantry.Features.Auth.Mails;

/// <summary>Somebody's request for a mail.</summary>
/// <param name="Tenant">at which they asked</param>
/// <param name="Id">of the request</param>
/// <param name="Attempts">this one included</param>
/// <param name="Purpose">of the mail</param>
/// <param name="EmailNormalized">to which it is to go</param>
/// <param name="Languages">as <c>Accept-Language</c> writes them</param>
public sealed record MailWork(
    Guid Tenant,
    Guid Id,
    int Attempts,
    string Purpose,
    string EmailNormalized,
    string? Languages
) : WorkItem(Tenant, Id, Attempts);

/// <summary>
/// Answers mail requests, on every instance, one of each tenant at a time. Taking a request away and writing its mail
/// are one transaction: an instance that dies in between leaves it to the next, and
/// nobody gets two. A request that fails is given up after about half an hour: whoever asked has asked again by then.
/// </summary>
public sealed class MailRequestWorker(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    Outbox outbox,
    ChangeFeed feed,
    TimeProvider clock,
    IMeterFactory meters,
    ILogger<MailRequestWorker> log
)
    : WorkQueue<MailWork>(
        "mail_requests",
        new WorkLanes(4, LanesPerTenant: 1, Lease: TimeSpan.FromMinutes(1)),
        Rule,
        feed,
        meters,
        log
    )
{
    public static readonly RetryRule Rule = new(10, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    /// <summary>Of one tenant, to be seen.</summary>
    private const int MostFailed = 100;

    protected override async Task<IReadOnlyList<MailWork>> Claim(
        int most,
        Guid served,
        Guid[] full,
        TimeSpan lease,
        CancellationToken cancel
    )
    {
        var claimed = new List<MailWork>();
        await using var command = dataSource.CreateCommand(
            $"SELECT tenant_id, id, attempts, purpose, email_normalized, languages FROM {DatabaseFunctions.ClaimMailRequests}($1, $2, $3, $4)"
        );
        command.Parameters.Add(Parameter(most));
        command.Parameters.Add(Parameter(lease));
        command.Parameters.Add(Parameter(served));
        command.Parameters.Add(Parameter(full));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var languages = await reader.IsDBNullAsync(5, cancel) ? null : reader.GetString(5);
            claimed.Add(
                new MailWork(
                    reader.GetGuid(0),
                    reader.GetGuid(1),
                    reader.GetInt32(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    languages
                )
            );
        }
        return claimed;
    }

    protected override async Task Handle(MailWork item, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(item.Tenant);
        await using var transaction = await db.Begin(cancel);
        if (
            await db.Database.ExecuteSqlAsync(
                $"DELETE FROM mail_requests WHERE tenant_id = {item.Tenant} AND id = {item.Id} AND attempts = {item.Attempts}",
                cancel
            ) == 0
        )
            return; // the lease ended, and another has it
        await Answer(db, item, cancel);
        // This mail answers all that asked for the same: those that wait for another try, and those that were given up.
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM mail_requests WHERE tenant_id = {item.Tenant} AND id = ANY (ARRAY(
                SELECT id FROM mail_requests WHERE tenant_id = {item.Tenant} AND purpose = {item.Purpose} AND email_normalized = {item.EmailNormalized} AND attempts > 0 FOR UPDATE SKIP LOCKED))
            """,
            cancel
        );
        await transaction.CommitAsync(cancel);
    }

    protected override async Task Fail(MailWork item, TimeSpan? again, string kind, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(item.Tenant);
        if (again is { } pause)
        {
            await db.Database.ExecuteSqlAsync(
                $"UPDATE mail_requests SET due_at = now() + {pause}, last_error = {kind} WHERE tenant_id = {item.Tenant} AND id = {item.Id} AND attempts = {item.Attempts}",
                cancel
            );
            return;
        }
        var failed = await db.Set<MailRequest>().CountAsync(request => request.FailedAt != null, cancel);
        if (failed >= MostFailed)
            await db.Database.ExecuteSqlAsync(
                $"DELETE FROM mail_requests WHERE tenant_id = {item.Tenant} AND id = {item.Id} AND attempts = {item.Attempts}",
                cancel
            );
        else
            await db.Database.ExecuteSqlAsync(
                $"UPDATE mail_requests SET due_at = 'infinity', failed_at = now(), last_error = {kind} WHERE tenant_id = {item.Tenant} AND id = {item.Id} AND attempts = {item.Attempts}",
                cancel
            );
    }

    private async Task Answer(TenantDb db, MailWork request, CancellationToken cancel)
    {
        var user = await db.Set<User>()
            .SingleOrDefaultAsync(u => u.EmailNormalized == request.EmailNormalized && u.IsActive, cancel);
        var tenant = await directory.ById(request.Tenant, cancel);
        var purpose = EnumText.To<MailedTokenPurpose>(request.Purpose);
        if (user is null || tenant is not { IsActive: true } || !IsDue(user, purpose))
            return;
        var now = clock.GetUtcNow();
        var template =
            purpose == MailedTokenPurpose.PasswordReset ? SystemTemplates.PasswordReset : SystemTemplates.VerifyEmail;
        if (await MailCooldown.Take(db, template, user.Email, now, cancel) > TimeSpan.Zero)
            return; // the answer was the same as ever: a stranger must not learn of it
        if (!await MailedToken.MakeRoom(db, user.Id, purpose, cancel))
            return;
        var token = MailedToken.Add(db, tenant.Id, user.Id, purpose, now);
        if (purpose == MailedTokenPurpose.PasswordReset)
            await AuthMails.ResetPassword(db, outbox, tenant, user, token, request.Languages ?? "", cancel);
        else
            await AuthMails.VerifyAddress(db, outbox, tenant, user, token, request.Languages ?? "", cancel);
        await db.SaveChangesAsync(cancel);
    }

    private static bool IsDue(User user, MailedTokenPurpose purpose) =>
        purpose switch
        {
            MailedTokenPurpose.PasswordReset => user.PasswordHash is not null,
            MailedTokenPurpose.EmailVerification => !user.EmailVerified && user.PasswordHash is not null,
            _ => false,
        };
}
