using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Auth.Mails;

/// <summary>A claimed <see cref="MailRequest"/>.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Id">The id of the request.</param>
/// <param name="Attempts">The number of attempts, including this one.</param>
/// <param name="Purpose">The purpose of the mail's token.</param>
/// <param name="EmailNormalized">The recipient, normalized.</param>
/// <param name="Languages">The <c>Accept-Language</c> header of the request.</param>
public sealed record MailWork(
    Guid Tenant,
    Guid Id,
    int Attempts,
    string Purpose,
    string EmailNormalized,
    string? Languages
) : WorkItem(Tenant, Id, Attempts);

/// <summary>
/// Processes mail requests, on every instance, one at a time for each tenant. One transaction deletes the request and
/// adds its mail: if an instance stops in between, another one processes the request, and no mail is sent twice. A
/// request that keeps failing is given up after about half an hour; by then the user has requested another mail.
/// </summary>
public sealed class MailRequestWorker(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    AuthMails mails,
    ChangeFeed feed,
    TimeProvider clock,
    IMeterFactory meters,
    ILogger<MailRequestWorker> log
)
    : WorkQueue<MailWork>(
        "mail_requests",
        new WorkQueueLimits(4, LanesPerTenant: 1, Lease: TimeSpan.FromMinutes(1)),
        Rule,
        feed,
        meters,
        log
    )
{
    public static readonly RetryPolicy Rule = new(10, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    /// <summary>The failed requests that are kept for each tenant, for the operator to see.</summary>
    private const int MaxFailed = 100;

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

    protected override async Task Process(MailWork item, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(item.Tenant);
        await using var transaction = await db.Begin(cancel);
        if (
            await db.Database.ExecuteSqlAsync(
                $"DELETE FROM mail_requests WHERE tenant_id = {item.Tenant} AND id = {item.Id} AND attempts = {item.Attempts}",
                cancel
            ) == 0
        )
            return; // the lease ended, and another worker has claimed the request
        await AddMail(db, item, cancel);
        // The mail serves all equal requests, too: those that wait for another attempt, and those that were given up.
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM mail_requests WHERE tenant_id = {item.Tenant} AND id = ANY (ARRAY(
                SELECT id FROM mail_requests WHERE tenant_id = {item.Tenant} AND purpose = {item.Purpose} AND email_normalized = {item.EmailNormalized} AND attempts > 0 FOR UPDATE SKIP LOCKED))
            """,
            cancel
        );
        await transaction.CommitAsync(cancel);
    }

    protected override async Task RecordFailure(MailWork item, TimeSpan? again, string kind, CancellationToken cancel)
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
        if (failed >= MaxFailed)
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

    private async Task AddMail(TenantDb db, MailWork request, CancellationToken cancel)
    {
        var user = await db.Set<User>()
            .SingleOrDefaultAsync(u => u.EmailNormalized == request.EmailNormalized && u.IsActive, cancel);
        var tenant = await directory.ById(request.Tenant, cancel);
        var purpose = EnumText.Parse<MailedTokenPurpose>(request.Purpose);
        if (user is null || tenant is not { IsActive: true } || !IsWanted(user, purpose))
            return;
        var now = clock.GetUtcNow();
        var template =
            purpose != MailedTokenPurpose.PasswordReset ? SystemTemplates.VerifyEmail
            : user.IsInvited ? SystemTemplates.SetPassword
            : SystemTemplates.PasswordReset;
        if (await MailCooldown.Check(db, template, user.Email, now, cancel) > TimeSpan.Zero)
            return; // the response was the usual one: a stranger must not learn of the cooldown
        if (!await MailedToken.MakeRoom(db, user.Id, purpose, cancel))
            return;
        // The user is locked now. Attack: a link that is mailed to the former address just after a change of it.
        await db.Entry(user).ReloadAsync(cancel);
        if (user.EmailNormalized != request.EmailNormalized || !user.IsActive || !IsWanted(user, purpose))
            return;
        // Attack: a stranger registers the address after the mail, and the owner's link proves the stranger's password.
        var claim =
            purpose == MailedTokenPurpose.EmailVerification && user.IsClaimIn(tenant)
                ? new RegistrationClaim(user.PasswordHash!, user.FirstName, user.LastName)
                : null;
        var token = MailedToken.Add(db, tenant.Id, user.Id, purpose, now, claim: claim);
        if (template == SystemTemplates.SetPassword)
            await mails.SetPassword(db, tenant, user, token, request.Languages ?? "", cancel);
        else if (purpose == MailedTokenPurpose.PasswordReset)
            await mails.PasswordReset(db, tenant, user, token, request.Languages ?? "", cancel);
        else
            await mails.EmailVerification(db, tenant, user, token, request.Languages ?? "", cancel);
        await db.SaveChangesAsync(cancel);
    }

    private static bool IsWanted(User user, MailedTokenPurpose purpose) =>
        purpose switch
        {
            MailedTokenPurpose.PasswordReset => true,
            MailedTokenPurpose.EmailVerification => !user.EmailVerified && user.PasswordHash is not null,
            _ => false,
        };
}
