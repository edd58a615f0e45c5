using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Users;

/// <summary>One sign-in on one device, with its token family. Revoking the session revokes the family.</summary>
public sealed class Session : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid UserId { get; init; }
    public IPAddress? Address { get; init; }

    /// <summary>The user agent of the sign-in, possibly shortened.</summary>
    public string? UserAgent { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset LastUsedAt { get; set; }

    /// <summary>The time when the session expires, however much it is used. The user must then sign in again.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Marks the user's sessions as revoked. After the commit, announce each of them.</summary>
    /// <param name="db">The tenant's database, in the transaction of the change.</param>
    /// <param name="user">The user's id.</param>
    /// <param name="except">The session that stays; null: none does.</param>
    /// <param name="now">The present time.</param>
    /// <param name="cancel">Rolls the change back.</param>
    /// <returns>The sessions that ended.</returns>
    public static async Task<IReadOnlyList<Session>> EndAll(
        TenantDb db,
        Guid user,
        Guid? except,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var sessions = await db.Set<Session>()
            .Where(session => session.UserId == user && session.RevokedAt == null && session.Id != except)
            .ToListAsync(cancel);
        sessions.ForEach(session => session.RevokedAt = now);
        return sessions;
    }

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

/// <summary>The hash of a refresh token. A replaced token is kept, so that its reuse is detected.</summary>
public sealed class RefreshToken : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid UserId { get; init; }

    /// <summary>The session's id. All tokens of one session are a family.</summary>
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
