using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>A file of a tenant. Its bytes are an object in the store, under a random key.</summary>
public sealed class StoredFile : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The user who uploaded the file. The id stays when the user is deleted.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The key of the object: <c>{tenant}/{uuid}</c>. A key is never used again.</summary>
    public required string FileKey { get; init; }

    /// <summary>The name as <see cref="Files.FileName"/> cleaned it.</summary>
    [Audited]
    public required string FileName
    {
        get;
        set => (field, Search) = (value, Searched(value));
    }

    /// <summary>The name in lower case. The release before searches it.</summary>
    public string Search { get; private set; } = "";

    /// <summary>
    /// The search key of the name, which a trigger stores. Null: the row is older than the column, and
    /// <see cref="SearchKeys"/> has not reached it.
    /// </summary>
    public string? SearchKey { get; private set; }

    [Audited]
    public required string MimeType { get; init; }

    /// <summary>The size in bytes.</summary>
    [Audited]
    public required long FileSize { get; init; }
    public required byte[] Sha256 { get; init; }

    [CallersJson(CallersJsonAttribute.Metadata)]
    public JsonElement Metadata { get; set; } = JsonElement.Parse("{}");

    [Audited]
    public string[] Tags { get; set; } = [];
    public Scan Scan { get; set; }

    /// <summary>The scanner's name of the threat that it found.</summary>
    public string? Threat { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    /// <summary>Creates a key for a new object.</summary>
    public static string NewKey(Guid tenant) => $"{tenant}/{Guid.NewGuid()}";

    /// <summary>The tenant in the key of an object.</summary>
    public static Guid TenantOf(string key) => Guid.Parse(key.AsSpan(0, key.IndexOf('/', StringComparison.Ordinal)));

    /// <summary>The form in which the release before compares names.</summary>
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
            file.HasIndex(f => new { f.TenantId, f.Id })
                .HasFilter("search_key IS NULL")
                .HasDatabaseName("ix_files_without_search_key")
                .IsCreatedConcurrently();
            file.Property(f => f.FileName).UsePropertyAccessMode(PropertyAccessMode.Property);
            file.Property(f => f.Scan).HasConversion(scan => EnumText.ToText(scan), text => EnumText.Parse<Scan>(text));
            file.Property(f => f.Version).IsRowVersion();
        }
    }
}

/// <summary>The result of a file's virus scan.</summary>
public enum Scan
{
    /// <summary>No scanner is configured.</summary>
    NotScanned,

    /// <summary>The scan is not complete. The file cannot be downloaded.</summary>
    Pending,
    Clean,

    /// <summary>The scanner found a threat. The file cannot be downloaded.</summary>
    Infected,

    /// <summary>The file is larger than the scanner accepts. It cannot be downloaded.</summary>
    Unscannable,
}
