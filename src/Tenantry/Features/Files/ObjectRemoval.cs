using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files;

/// <summary>
/// An object that must be removed from the store. A trigger writes the row whenever the row of a file or upload is
/// deleted, whatever the reason. It remains after its tenant is erased, until the object is removed.
/// </summary>
public sealed class ObjectRemoval : IPlatformOwned
{
    public static string WhyNoTenant => "the objects of a tenant must still be removed after the tenant is erased";

    public Guid Id { get; init; }
    public required string ObjectKey { get; init; }

    /// <summary>The store's id of an incomplete multipart upload. Null: the object is complete.</summary>
    public string? StoreUpload { get; init; }
    public int Attempts { get; init; }

    /// <summary>The time of the next attempt. Infinity: it has failed permanently.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>The time at which it failed permanently. Null: it has not.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>The kind of error of the last attempt. It contains no data of a tenant.</summary>
    public string? LastError { get; init; }

    /// <summary>The bytes of the object, at most. They count against the tenant's quota until it is removed.</summary>
    public long Bytes { get; init; }

    /// <summary>
    /// The time from which the bytes count. Objects of completed uploads and deleted files count only after a minute.
    /// </summary>
    public DateTimeOffset CountsFrom { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ObjectRemoval>
    {
        public void Configure(EntityTypeBuilder<ObjectRemoval> removal)
        {
            removal.ToTable("object_removals").GrantToServingRole("SELECT, INSERT, UPDATE, DELETE");
            removal.HasIndex(r => r.DueAt).HasDatabaseName("ix_object_removals_due");
            removal.Property(r => r.Bytes).HasDefaultValue(0L);
            removal.Property(r => r.CountsFrom).HasDefaultValueSql("now()");
        }
    }
}
