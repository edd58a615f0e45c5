using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>What is known of a file's harmlessness. Where no scanner is set, nothing is, and that is said.</summary>
public enum Scan
{
    NotScanned,

    /// <summary>The scanner has not passed it yet: given to nobody.</summary>
    Pending,
    Clean,

    /// <summary>Given to nobody.</summary>
    Infected,

    /// <summary>It is larger than the scanner takes: given to nobody.</summary>
    Unscannable,
}

/// <summary>A file of a tenant: what is known of it. Its bytes are in the store, under a key that tells nothing.</summary>
public sealed class StoredFile : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Who brought it; the id stays when the user goes.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Of the object: <c>{tenant}/{uuid}</c>. Never used again.</summary>
    public required string FileKey { get; init; }

    /// <summary>As <see cref="Files.FileName"/> lets it be.</summary>
    [Audited]
    public required string FileName
    {
        get;
        set => (field, Search) = (value, Searched(value));
    }

    /// <summary>The name as <c>name</c> is looked for in it. Stored: the database's <c>lower</c> knows only the letters of its locale.</summary>
    public string Search { get; private set; } = "";

    [Audited]
    public required string MimeType { get; init; }

    /// <summary>In bytes.</summary>
    [Audited]
    public required long FileSize { get; init; }
    public required byte[] Sha256 { get; init; }

    [CallersJson(CallersJsonAttribute.Metadata)]
    public JsonElement Metadata { get; set; } = JsonElement.Parse("{}");

    [Audited]
    public string[] Tags { get; set; } = [];
    public Scan Scan { get; set; }

    /// <summary>As the scanner calls what it found.</summary>
    public string? Threat { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    /// <summary>A key that nothing has yet.</summary>
    public static string NewKey(Guid tenant) => $"{tenant}/{Guid.NewGuid()}";

    public static Guid TenantOf(string key) => Guid.Parse(key.AsSpan(0, key.IndexOf('/', StringComparison.Ordinal)));

    public static string Searched(string text) => StorableText.Normalized(text).ToLowerInvariant();

    private sealed class Mapping : IEntityTypeConfiguration<StoredFile>
    {
        public void Configure(EntityTypeBuilder<StoredFile> file)
        {
            file.ToTable("files");
            file.HasIndex(f => new { f.TenantId, f.FileKey }).IsUnique().HasDatabaseName("ux_files_key");
            file.HasIndex(f => new
                {
                    f.TenantId,
                    f.UserId,
                    f.Id,
                })
                .HasDatabaseName("ix_files_user");
            file.Property(f => f.FileName).UsePropertyAccessMode(PropertyAccessMode.Property);
            file.Property(f => f.Scan).HasConversion(scan => EnumText.Of(scan), text => EnumText.To<Scan>(text));
            file.Property(f => f.Version).IsRowVersion();
        }
    }
}

/// <summary>How much a tenant keeps, counted in the transactions that change it.</summary>
public sealed class StorageCount : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Files { get; init; }
    public long Bytes { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<StorageCount>
    {
        public void Configure(EntityTypeBuilder<StorageCount> count)
        {
            count.ToTable("storage_counts");
            count.HasKey(c => c.TenantId);
        }
    }
}

/// <summary>How a tenant wants its files.</summary>
public sealed class FileSettings : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>What is not taken: types, or like <c>video/*</c> all of a kind.</summary>
    [Audited]
    public string[] RefusedTypes { get; set; } = [];
    public DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<FileSettings>
    {
        public void Configure(EntityTypeBuilder<FileSettings> settings)
        {
            settings.ToTable("file_settings").ServingRoleMay("SELECT, INSERT, UPDATE");
            settings.HasKey(s => s.TenantId);
            settings.Property(s => s.Version).IsRowVersion();
        }
    }
}

/// <summary>
/// An object that has to go from the store. The database writes it when a file's row goes, whoever takes it away and for whatever reason; it outlives its tenant, whose
/// files are erased with it.
/// </summary>
public sealed class ObjectRemoval : IPlatformOwned
{
    public static string WhyNoTenant => "what a tenant kept is still to be removed when the tenant is gone";

    public Guid Id { get; init; }
    public required string ObjectKey { get; init; }

    /// <summary>As the store calls an object that never became whole; null: it did.</summary>
    public string? StoreUpload { get; init; }
    public int Attempts { get; init; }

    /// <summary>When it is tried next; infinity where it has failed for good.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it was given up; null: it was not.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>What kind of failure the last attempt ended with; no value of anybody.</summary>
    public string? LastError { get; init; }

    /// <summary>What the store holds of it at most, which counts against its tenant's quota until it is gone.</summary>
    public long Bytes { get; init; }

    /// <summary>From when on they count: what has become a file, and what was a file, has a minute to go.</summary>
    public DateTimeOffset CountsFrom { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ObjectRemoval>
    {
        public void Configure(EntityTypeBuilder<ObjectRemoval> removal)
        {
            removal.ToTable("object_removals").ServingRoleMay("SELECT, INSERT, UPDATE, DELETE");
            removal.HasIndex(r => r.DueAt).HasDatabaseName("ix_object_removals_due");
            removal.Property(r => r.Bytes).HasDefaultValue(0L);
            removal.Property(r => r.CountsFrom).HasDefaultValueSql("now()");
        }
    }
}

/// <summary>An object that the scanner has to look at. The database writes it when a file's row says <see cref="Scan.Pending"/>.</summary>
public sealed class ObjectScan : IPlatformOwned
{
    public static string WhyNoTenant =>
        "workers look at what all tenants bring; it holds no more than the key of an object";

    public Guid Id { get; init; }
    public required string ObjectKey { get; init; }
    public int Attempts { get; init; }

    /// <summary>When it is tried next; infinity where it has failed for good.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it was given up; null: it was not.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>What kind of failure the last attempt ended with; no value of anybody.</summary>
    public string? LastError { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ObjectScan>
    {
        public void Configure(EntityTypeBuilder<ObjectScan> scan)
        {
            scan.ToTable("object_scans").ServingRoleMay("SELECT, INSERT, UPDATE, DELETE");
            scan.HasIndex(s => s.DueAt).HasDatabaseName("ix_object_scans_due");
        }
    }
}
