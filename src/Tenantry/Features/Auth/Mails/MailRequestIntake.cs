using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Mails;

/// <summary>
/// Stores a <see cref="MailRequest"/> with its audit event. It does not look for the account, so that an attacker
/// cannot find out which addresses have one.
/// </summary>
public sealed class MailRequestIntake(TenantContext context, TenantDb db, AuditTrail audit, TimeProvider clock)
{
    public async Task<Results<Accepted, Invalid, TooMany>> Accept(
        MailedTokenPurpose purpose,
        string email,
        HttpRequest request,
        CancellationToken cancel
    )
    {
        var languages = request.Headers.AcceptLanguage.ToString();
        await using var transaction = await db.Begin(cancel);
        if (
            !await TryAdd(
                db,
                new MailRequest
                {
                    TenantId = context.TenantId,
                    Purpose = purpose,
                    EmailNormalized = EmailAddress.Key(email),
                    Languages = languages.Length is > 0 and <= 200 ? languages : null,
                    CreatedAt = clock.GetUtcNow(),
                },
                cancel
            )
        )
            return Problems.TooMany(
                "Too many requested mails of this tenant are waiting. Try again in a minute.",
                TimeSpan.FromMinutes(1)
            );
        audit.Add(db, target: null);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null);
    }

    // A waiting request without an attempt serves all equal requests that arrive meanwhile.
    private static async Task<bool> TryAdd(TenantDb db, MailRequest request, CancellationToken cancel)
    {
        var purpose = EnumText.ToText(request.Purpose);
        var added = await db
            .Database.SqlQuery<bool>(
                $"""
                WITH waiting AS MATERIALIZED (
                    SELECT count(*) AS number, coalesce(bool_or(w.purpose = {purpose} AND w.email_normalized = {request.EmailNormalized} AND w.attempts = 0), false) AS same
                    FROM (SELECT purpose, email_normalized, attempts FROM mail_requests WHERE tenant_id = {request.TenantId} AND failed_at IS NULL LIMIT {MailRequest.MaxWaiting}) w),
                added AS (
                    INSERT INTO mail_requests (tenant_id, id, purpose, email_normalized, languages, created_at)
                    SELECT {request.TenantId}, {request.Id}, {purpose}, {request.EmailNormalized}, {request.Languages}, {request.CreatedAt} FROM waiting w WHERE NOT w.same AND w.number < {MailRequest.MaxWaiting})
                SELECT w.same OR w.number < {MailRequest.MaxWaiting} AS "Value" FROM waiting w
                """
            )
            .ToListAsync(cancel);
        return added[0];
    }
}
