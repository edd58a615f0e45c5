using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Observability;
using Tenantry.Foundation.Outbox;
using Tenantry.Foundation.Templates;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Auth;

/// <summary>
/// Answers mail requests, on every instance, one at a time. Taking a request and writing its mail are one transaction: an instance that
/// dies in between leaves it to the next, and nobody gets two.
/// </summary>
public sealed partial class MailRequestWorker : BackgroundService
{
    /// <summary>How often it looks by itself, should a notification be missed.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim work = new(1, 1);
    private readonly IDbContextFactory<TenantDb> contexts;
    private readonly TenantDirectory directory;
    private readonly Outbox outbox;
    private readonly TimeProvider clock;
    private readonly ILogger<MailRequestWorker> log;

    public MailRequestWorker(IDbContextFactory<TenantDb> contexts, TenantDirectory directory, Outbox outbox, ChangeFeed feed, TimeProvider clock, ILogger<MailRequestWorker> log)
    {
        (this.contexts, this.directory, this.outbox, this.clock, this.log) = (contexts, directory, outbox, clock, log);
        feed.Listen("mail_requests", _ => Wake());
    }

    public override void Dispose()
    {
        work.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await work.WaitAsync(Round, stoppingToken);
            using var round = Work.Round("look for mail requests");
            try
            {
                while (await AnswerOne(stoppingToken))
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(log, e); // it stays in the table for the next round
            }
        }
    }

    private void Wake()
    {
        // The feed tells one thing at a time, so nobody else can fill it in between.
        if (work.CurrentCount == 0)
            work.Release();
    }

    /// <returns>whether there was one, and it is answered</returns>
    private async Task<bool> AnswerOne(CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).WithoutTenant();
        await using var transaction = await db.Begin(cancel);
        var taken = await db.Database.SqlQuery<Taken>($"SELECT * FROM door_take_mail_request()").ToListAsync(cancel);
        if (taken is not [var request])
            return false;

        using var span = Work.Begin("answer mail request", request.TenantId);
        try
        {
            await Answer(db, request, cancel);
            await transaction.CommitAsync(cancel);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Failed(log, e); // here, where the line has its tenant; the request stays in the table for the next round
            return false;
        }
    }

    private async Task Answer(TenantDb db, Taken request, CancellationToken cancel)
    {
        await db.ActAs(request.TenantId, cancel);
        var user = await db.Set<User>().SingleOrDefaultAsync(u => u.EmailNormalized == request.EmailNormalized && u.IsActive, cancel);
        var tenant = await directory.ById(request.TenantId, cancel);
        var purpose = Word.To<MailedTokenPurpose>(request.Purpose);
        if (user is null || tenant is not { IsActive: true } || !IsDue(user, purpose))
            return;
        var now = clock.GetUtcNow();
        var template = purpose == MailedTokenPurpose.PasswordReset ? SystemTemplates.PasswordReset : SystemTemplates.VerifyEmail;
        if (await MailPause.Left(db, template, user.Email, now, cancel) > TimeSpan.Zero)
            return; // the answer was the same as ever: a stranger must not learn of it
        if (!await MailedToken.MakeRoom(db, user.Id, purpose, cancel))
            return;
        var token = MailedToken.Add(db, tenant.Id, user.Id, purpose, now);
        if (purpose == MailedTokenPurpose.PasswordReset)
            await Mails.ResetPassword(db, outbox, tenant, user, token, request.Languages ?? "", cancel);
        else
            await Mails.VerifyAddress(db, outbox, tenant, user, token, request.Languages ?? "", cancel);
        await db.SaveChangesAsync(cancel);
    }

    private static bool IsDue(User user, MailedTokenPurpose purpose) => purpose switch
    {
        MailedTokenPurpose.PasswordReset => user.PasswordHash is not null,
        MailedTokenPurpose.EmailVerification => !user.EmailVerified && user.PasswordHash is not null,
        _ => false,
    };

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "A mail that was asked for could not be made; it is tried again")]
    private static partial void Failed(ILogger log, Exception exception);

    private sealed record Taken(Guid TenantId, string Purpose, string EmailNormalized, string? Languages);
}
