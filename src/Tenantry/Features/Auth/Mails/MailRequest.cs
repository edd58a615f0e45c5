using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Mails;

/// <summary>
/// A request for a password reset or verification mail. <see cref="MailRequestWorker"/> looks for the account after the
/// response was sent. The request does the same work for every address, so that neither the response nor its time
/// reveals whether an address has an account.
/// </summary>
public sealed class MailRequest : ITenantOwned
{
    /// <summary>The limit for each tenant, so that a flood of requests cannot fill the table.</summary>
    public const int MaxWaiting = 500;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required MailedTokenPurpose Purpose { get; init; }
    public required string EmailNormalized { get; init; }

    /// <summary>The <c>Accept-Language</c> header of the request.</summary>
    public string? Languages { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The number of attempts that have begun.</summary>
    public int Attempts { get; init; }

    /// <summary>The time of the next attempt; infinity after the last attempt has failed.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When the last attempt failed; null: it has not.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>The kind of failure of the last attempt. It contains no personal data.</summary>
    public string? LastError { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<MailRequest>
    {
        public void Configure(EntityTypeBuilder<MailRequest> request)
        {
            request.ToTable("mail_requests").GrantToServingRole("SELECT, INSERT, UPDATE, DELETE");
            request
                .Property(r => r.Purpose)
                .HasConversion(purpose => EnumText.ToText(purpose), text => EnumText.Parse<MailedTokenPurpose>(text));
            request.Property(r => r.Attempts).HasDefaultValue(0);
            request.Property(r => r.DueAt).HasDefaultValueSql("now()");
            request.HasIndex(r => r.CreatedAt).HasDatabaseName("ix_mail_requests_oldest");
        }
    }
}
