using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Tenants;

/// <summary>A tenant in one file: a ZIP with a JSON Lines entry for each table and a manifest that says what each has to be.</summary>
public static class TenantArchive
{
    public const string Format = "tenantry-tenant/1";
    public const string ManifestName = "manifest.json";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <param name="Format">of the archive: <see cref="TenantArchive.Format"/></param>
    /// <param name="Schema">the last migration of the database it comes from</param>
    /// <param name="ExportedAt">all rows are as they were at this moment</param>
    /// <param name="TenantId">whose rows they are</param>
    /// <param name="Slug">of that tenant</param>
    /// <param name="Permissions">name of each permission that a role refers to, by its id there: the catalogue has other ids in each database</param>
    /// <param name="Entries">all there are, but for this one</param>
    public sealed record Manifest(
        string Format, string Schema, DateTimeOffset ExportedAt, Guid TenantId, string Slug, IReadOnlyDictionary<Guid, string> Permissions, IReadOnlyList<Entry> Entries);

    /// <param name="Path">in the archive</param>
    /// <param name="Rows">a line each</param>
    /// <param name="Bytes">uncompressed</param>
    /// <param name="Sha256">of those bytes, in hexadecimal</param>
    public sealed record Entry(string Path, long Rows, long Bytes, string Sha256);

    /// <summary>A table, as archives see it.</summary>
    /// <param name="Name">in the database</param>
    /// <param name="Columns">all that are stored, but for those that follow from others</param>
    /// <param name="Key">the order of its rows</param>
    /// <param name="PermissionColumn">the one that refers to the catalogue, where there is one</param>
    /// <param name="IsSelfReferring">its rows refer to each other and have to come in at once</param>
    /// <param name="LeftOut">by column, the condition under which its value stays here</param>
    public sealed record Table(
        string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Key, string? PermissionColumn, bool IsSelfReferring, IReadOnlyDictionary<string, string> LeftOut)
    {
        public string Path => $"rows/{Name}.jsonl";

        /// <summary>Its columns as they are exported, in SQL.</summary>
        public string Exported => string.Join(", ", Columns.Select(column => LeftOut.TryGetValue(column, out var condition) ? $"CASE WHEN {condition} THEN NULL ELSE {column} END AS {column}" : column));
    }

    /// <summary>Every table that has rows of tenants which follow from no others. Those that others refer to come first.</summary>
    public static IReadOnlyList<Table> Tables(IModel model)
    {
        var entities = model.GetEntityTypes().ToDictionary(entity => entity.GetTableName()!, StringComparer.Ordinal);
        return [.. Purge.Tables(model).Where(name => entities[name].FindAnnotation(OwnershipConvention.MadeAnew) is null).Append(model.FindEntityType(typeof(Tenant))!.GetTableName()!).Reverse().Select(name => Of(entities[name]))];
    }

    /// <summary>Reads what the archive says of itself and holds every entry against it.</summary>
    /// <exception cref="BrokenArchiveException">it is none, or not what was written</exception>
    public static async Task<Manifest> Verify(ZipArchive archive, CancellationToken cancel)
    {
        var manifest = await ReadManifest(archive, cancel);
        if (manifest.Format != Format)
            throw new BrokenArchiveException($"its format is {manifest.Format}, and this version reads {Format}");
        var names = archive.Entries.Select(entry => entry.FullName).Where(name => name != ManifestName).Order(StringComparer.Ordinal);
        if (!names.SequenceEqual(manifest.Entries.Select(entry => entry.Path).Order(StringComparer.Ordinal)))
            throw new BrokenArchiveException("its entries are not those that its manifest names");
        foreach (var entry in manifest.Entries)
        {
            await using var stream = await archive.GetEntry(entry.Path)!.OpenAsync(cancel);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel)) != entry.Sha256)
                throw new BrokenArchiveException($"{entry.Path} is not what was exported");
        }
        return manifest;
    }

    private static async Task<Manifest> ReadManifest(ZipArchive archive, CancellationToken cancel)
    {
        try
        {
            await using var stream = await (archive.GetEntry(ManifestName) ?? throw new BrokenArchiveException($"it has no {ManifestName}")).OpenAsync(cancel);
            return await JsonSerializer.DeserializeAsync<Manifest>(stream, Json, cancel) is { Format: not null, Schema: not null, Slug: not null, Permissions: not null, Entries: not null } manifest
                ? manifest : throw new BrokenArchiveException($"{ManifestName} leaves something out");
        }
        catch (JsonException e)
        {
            throw new BrokenArchiveException($"{ManifestName} cannot be read: {e.Message}");
        }
    }

    private static Table Of(IEntityType entity) => new(
        entity.GetTableName()!,
        [.. entity.GetProperties().Where(property => property.GetComputedColumnSql() is null && !property.IsConcurrencyToken).Select(property => property.GetColumnName())],
        [.. entity.FindPrimaryKey()!.Properties.Select(property => property.GetColumnName())],
        entity.GetForeignKeys().SingleOrDefault(key => key.PrincipalEntityType.ClrType == typeof(Permission))?.Properties.Single().GetColumnName(),
        entity.GetForeignKeys().Any(key => key.PrincipalEntityType == entity),
        entity.GetProperties().Where(property => property.FindAnnotation(OwnershipConvention.LeftOut) is not null)
            .ToDictionary(property => property.GetColumnName(), property => (string)property.FindAnnotation(OwnershipConvention.LeftOut)!.Value!, StringComparer.Ordinal));
}

/// <summary>The file is no archive of a tenant, or was damaged or altered.</summary>
public sealed class BrokenArchiveException(string fault) : Exception($"The archive cannot be imported: {fault}.");
