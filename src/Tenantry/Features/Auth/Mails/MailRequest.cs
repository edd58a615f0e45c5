using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Mails;

/// <summary>
/// Somebody asked for a mail to an address. Whether the address has an account is found out after the answer, by <see cref="MailRequestWorker"/>: the
/// request does the same work for every address, so that neither its answer nor its time tells.
/// </summary>
public sealed class MailRequest : ITenantOwned
{
    /// <summary>Of one tenant: a flood of requests is not to fill the table.</summary>
    public const int MostWaiting = 500;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required MailedTokenPurpose Purpose { get; init; }
    public required string EmailNormalized { get; init; }

    /// <summary>In which the browser asked, as <c>Accept-Language</c> writes it.</summary>
    public string? Languages { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How often it was begun with.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried next; infinity where it has failed for good.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it was given up; null: it was not.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>What kind of failure the last attempt ended with; no value of anybody.</summary>
    public string? LastError { get; init; }

    public sealed record Request([Needed, Email] string? Email) : IExample<Request>
    {
        public static Request Example => new("ada@example.com");
    }

    public static Task<Results<Accepted, Invalid, TooMany>> ForPasswordReset(
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        TimeProvider clock,
        HttpRequest request,
        CancellationToken cancel
    ) => Take(MailedTokenPurpose.PasswordReset, body, context, db, audit, clock, request, cancel);

    public static Task<Results<Accepted, Invalid, TooMany>> ForVerification(
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        TimeProvider clock,
        HttpRequest request,
        CancellationToken cancel
    ) => Take(MailedTokenPurpose.EmailVerification, body, context, db, audit, clock, request, cancel);

    private static async Task<Results<Accepted, Invalid, TooMany>> Take(
        MailedTokenPurpose purpose,
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        TimeProvider clock,
        HttpRequest request,
        CancellationToken cancel
    )
    {
        var languages = request.Headers.AcceptLanguage.ToString();
        await using var transaction = await db.Begin(cancel);
        if (
            !await Add(
                db,
                new MailRequest
                {
                    TenantId = context.TenantId,
                    Purpose = purpose,
                    EmailNormalized = User.Normalize(body.Email!),
                    Languages = languages.Length is > 0 and <= 200 ? languages : null,
                    CreatedAt = clock.GetUtcNow(),
                },
                cancel
            )
        )
            return Problems.TooMany(
                "Too many mails that were asked for at this tenant are still to be made. Try again in a minute.",
                TimeSpan.FromMinutes(1)
            );
        audit.Add(db, target: null);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>One that nobody has begun with stands for all that ask for the same meanwhile, and a tenant has so many at most.</summary>
    /// <returns>whether it waits; false: too many do</returns>
    private static async Task<bool> Add(TenantDb db, MailRequest request, CancellationToken cancel)
    {
        var purpose = EnumText.Of(request.Purpose);
        var waits = await db
            .Database.SqlQuery<bool>(
                $"""
                WITH waiting AS MATERIALIZED (
                    SELECT count(*) AS number, coalesce(bool_or(w.purpose = {purpose} AND w.email_normalized = {request.EmailNormalized} AND w.attempts = 0), false) AS same
                    FROM (SELECT purpose, email_normalized, attempts FROM mail_requests WHERE tenant_id = {request.TenantId} AND failed_at IS NULL LIMIT {MostWaiting}) w),
                added AS (
                    INSERT INTO mail_requests (tenant_id, id, purpose, email_normalized, languages, created_at)
                    SELECT {request.TenantId}, {request.Id}, {purpose}, {request.EmailNormalized}, {request.Languages}, {request.CreatedAt} FROM waiting w WHERE NOT w.same AND w.number < {MostWaiting})
                SELECT w.same OR w.number < {MostWaiting} AS "Value" FROM waiting w
                """
            )
            .ToListAsync(cancel);
        return waits[0];
    }

    private sealed class Mapping : IEntityTypeConfiguration<MailRequest>
    {
        public void Configure(EntityTypeBuilder<MailRequest> request)
        {
            request.ToTable("mail_requests").ServingRoleMay("SELECT, INSERT, UPDATE, DELETE");
            request
                .Property(r => r.Purpose)
                .HasConversion(purpose => EnumText.Of(purpose), text => EnumText.To<MailedTokenPurpose>(text));
            request.Property(r => r.Attempts).HasDefaultValue(0);
            request.Property(r => r.DueAt).HasDefaultValueSql("now()");
            request.HasIndex(r => r.CreatedAt).HasDatabaseName("ix_mail_requests_oldest");
        }
    }
}
