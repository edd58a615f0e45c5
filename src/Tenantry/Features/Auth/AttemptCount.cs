using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth;

/// <summary>
/// What failed attempts are counted by. Counters are locked in this order, so that two sign-ins never deadlock.
/// </summary>
public enum AttemptKind
{
    /// <summary>
    /// All attempts on one account, except from the user's own devices and from addresses that the user signed in from.
    /// </summary>
    Account,

    /// <summary>All attempts from one address, on any account of the tenant.</summary>
    Address,

    /// <summary>The attempts from one address on one account.</summary>
    AddressOnAccount,

    /// <summary>
    /// The attempts from a device that the user signed in on before. Attempts of strangers do not count.
    /// </summary>
    Device,

    /// <summary>The attempts of a signed-in user who must enter the password again.</summary>
    Session,
}

/// <summary>
/// The failed attempts of the last day, and the time before which the next one is refused. The subject is stored as a
/// hash, so that the table contains no e-mail or IP addresses.
/// </summary>
public sealed class AttemptCount : ITenantOwned
{
    public Guid TenantId { get; init; }
    public AttemptKind Kind { get; init; }
    public required byte[] Subject { get; init; }
    public int Failures { get; init; }

    /// <summary>Attempts that have begun and have no outcome yet.</summary>
    public int UnderWay { get; init; }
    public DateTimeOffset LastAt { get; init; }
    public DateTimeOffset HeldUntil { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<AttemptCount>
    {
        public void Configure(EntityTypeBuilder<AttemptCount> count)
        {
            count.ToTable("sign_in_attempts");
            count.HasKey(c => new
            {
                c.TenantId,
                c.Kind,
                c.Subject,
            });
            count
                .Property(c => c.Kind)
                .HasConversion(kind => EnumText.ToText(kind), text => EnumText.Parse<AttemptKind>(text));
            count.HasIndex(c => c.LastAt).HasDatabaseName("ix_sign_in_attempts_last_at");
        }
    }
}
