using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Features.Users;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Auth;

/// <summary>
/// Somebody asked for a mail to an address. Whether the address has an account is found out after the answer, by <see cref="MailRequestWorker"/>: the
/// request does the same work for every address, so that neither its answer nor its time tells.
/// </summary>
public sealed class MailRequest : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required MailedTokenPurpose Purpose { get; init; }
    public required string EmailNormalized { get; init; }

    /// <summary>In which the browser asked, as <c>Accept-Language</c> writes it.</summary>
    public string? Languages { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public sealed record Request([Needed, Email] string? Email) : IExample<Request>
    {
        public static Request Example => new("ada@example.com");
    }

    public static Task<Results<Accepted, Invalid>> ForPasswordReset(Request body, TenantContext context, TenantDb db, AuditTrail audit, TimeProvider clock, HttpRequest request, CancellationToken cancel) =>
        Take(MailedTokenPurpose.PasswordReset, body, context, db, audit, clock, request, cancel);

    public static Task<Results<Accepted, Invalid>> ForVerification(Request body, TenantContext context, TenantDb db, AuditTrail audit, TimeProvider clock, HttpRequest request, CancellationToken cancel) =>
        Take(MailedTokenPurpose.EmailVerification, body, context, db, audit, clock, request, cancel);

    private static async Task<Results<Accepted, Invalid>> Take(
        MailedTokenPurpose purpose, Request body, TenantContext context, TenantDb db, AuditTrail audit, TimeProvider clock, HttpRequest request, CancellationToken cancel)
    {
        var languages = request.Headers.AcceptLanguage.ToString();
        db.Add(new MailRequest { TenantId = context.TenantId, Purpose = purpose, EmailNormalized = User.Normalize(body.Email!), Languages = languages.Length is > 0 and <= 200 ? languages : null, CreatedAt = clock.GetUtcNow() });
        audit.Add(db, target: null);
        await db.SaveChangesAsync(cancel);
        return TypedResults.Accepted((string?)null);
    }

    private sealed class Mapping : IEntityTypeConfiguration<MailRequest>
    {
        public void Configure(EntityTypeBuilder<MailRequest> request)
        {
            request.ToTable("mail_requests").ServingRoleMay("SELECT, INSERT");
            request.Property(r => r.Purpose).HasConversion(purpose => Word.Of(purpose), text => Word.To<MailedTokenPurpose>(text));
            request.HasIndex(r => r.CreatedAt).HasDatabaseName("ix_mail_requests_oldest");
        }
    }
}
