using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>
/// The response to the first request with an <c>Idempotency-Key</c>, stored in the transaction of its change.
/// </summary>
public sealed class StoredResponse : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>The user who sent the key. All zeros: an anonymous caller.</summary>
    public Guid UserId { get; init; }

    /// <summary>Method and path.</summary>
    public required string Route { get; init; }
    public required string Key { get; init; }

    /// <summary>An HMAC of the body with a key of the service: a body can contain a password.</summary>
    public required byte[] BodyHash { get; init; }
    public int Status { get; init; }

    [OwnJson("a closed list of response headers")]
    public required JsonElement Headers { get; init; }

    /// <summary>Sealed: it can contain a secret that is shown once.</summary>
    public required byte[] Body { get; init; }

    /// <summary>
    /// The permissions of the caller at that time. Null: an anonymous caller, or an earlier version wrote the row.
    /// </summary>
    public string[]? Permissions { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<StoredResponse>
    {
        public void Configure(EntityTypeBuilder<StoredResponse> answer)
        {
            answer.ToTable("idempotency_keys").GrantToServingRole("SELECT, INSERT, UPDATE");
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
