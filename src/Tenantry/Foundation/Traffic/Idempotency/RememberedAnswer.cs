using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>What the first request with an <c>Idempotency-Key</c> was answered, kept in the transaction of what it did.</summary>
public sealed class RememberedAnswer : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>Whose key it is. All zeros: nobody who is signed in.</summary>
    public Guid UserId { get; init; }

    /// <summary>Method and path.</summary>
    public required string Route { get; init; }
    public required string Key { get; init; }

    /// <summary>Of the body, with a key of the service's own: a body can hold a password.</summary>
    public required byte[] BodyHash { get; init; }
    public int Status { get; init; }

    [OwnJson("a closed list of headers of an answer")]
    public required JsonElement Headers { get; init; }

    /// <summary>Sealed: it can hold what is shown once.</summary>
    public required byte[] Body { get; init; }

    /// <summary>What the caller could do then. Null: nobody was signed in, or a version before this one wrote it.</summary>
    public string[]? Permissions { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<RememberedAnswer>
    {
        public void Configure(EntityTypeBuilder<RememberedAnswer> answer)
        {
            answer.ToTable("idempotency_keys").ServingRoleMay("SELECT, INSERT, UPDATE");
            answer.HasKey(a => new
            {
                a.TenantId,
                a.UserId,
                a.Route,
                a.Key,
            });
            answer.HasIndex(a => a.ExpiresAt).HasDatabaseName("ix_idempotency_keys_expires_at");
        }
    }
}
