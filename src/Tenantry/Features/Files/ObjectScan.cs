using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files;

/// <summary>
/// An object that must be scanned. A trigger writes the row when a file becomes <see cref="Scan.Pending"/>.
/// </summary>
public sealed class ObjectScan : IPlatformOwned
{
    public static string WhyNoTenant =>
        "workers scan the files of all tenants; the row contains only the key of an object";

    public Guid Id { get; init; }
    public required string ObjectKey { get; init; }
    public int Attempts { get; init; }

    /// <summary>The time of the next attempt. Infinity: it has failed permanently.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>The time at which it failed permanently. Null: it has not.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>The kind of error of the last attempt. It contains no data of a tenant.</summary>
    public string? LastError { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ObjectScan>
    {
        public void Configure(EntityTypeBuilder<ObjectScan> scan)
        {
            scan.ToTable("object_scans").GrantToServingRole("SELECT, INSERT, UPDATE, DELETE");
            scan.HasIndex(s => s.DueAt).HasDatabaseName("ix_object_scans_due");
        }
    }
}
