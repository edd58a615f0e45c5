using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Users;

/// <summary>One sign-in on one device: the family of all refresh tokens that came of it. Ending it ends them all.</summary>
public sealed class Session : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid UserId { get; init; }
    public IPAddress? Address { get; init; }

    /// <summary>What the device calls itself, as far as it is kept.</summary>
    public string? UserAgent { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset LastUsedAt { get; set; }

    /// <summary>However busy, a session ends here and the password is asked for again.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> session)
        {
            session.ToTable("sessions");
            session
                .HasOne<User>()
                .WithMany()
                .HasForeignKey(s => new { s.TenantId, s.UserId })
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>A refresh token, by its hash. One that was replaced is kept, so that its second use is noticed.</summary>
public sealed class RefreshToken : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid UserId { get; init; }

    /// <summary>The session: all tokens of one sign-in.</summary>
    public Guid Family { get; init; }
    public required byte[] TokenHash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? ReplacedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<RefreshToken>
    {
        public void Configure(EntityTypeBuilder<RefreshToken> token)
        {
            token.ToTable("refresh_tokens");
            token.HasIndex(t => new { t.TenantId, t.TokenHash }).IsUnique().HasDatabaseName("ux_refresh_tokens_hash");
            token
                .HasOne<User>()
                .WithMany()
                .HasForeignKey(t => new { t.TenantId, t.UserId })
                .OnDelete(DeleteBehavior.Cascade);
            token
                .HasOne<Session>()
                .WithMany()
                .HasForeignKey(t => new { t.TenantId, t.Family })
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
