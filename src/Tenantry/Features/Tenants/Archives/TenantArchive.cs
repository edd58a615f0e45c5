using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>A tenant in one file: a ZIP with a JSON Lines entry for each table and a manifest that says what each has to be.</summary>
public static class TenantArchive
{
    public const string Format = "tenantry-tenant/1";
    public const string ManifestName = "manifest.json";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        AllowDuplicateProperties = false,
    };

    /// <param name="Format">of the archive: <see cref="TenantArchive.Format"/></param>
    /// <param name="Schema">the last migration of the database it comes from</param>
    /// <param name="ExportedAt">all rows are as they were at this moment</param>
    /// <param name="TenantId">whose rows they are</param>
    /// <param name="Slug">of that tenant</param>
    /// <param name="Permissions">name of each permission that a role refers to, by its id there: the catalogue has other ids in each database</param>
    /// <param name="Entries">all there are, but for this one</param>
    public sealed record Manifest(
        string Format,
        string Schema,
        DateTimeOffset ExportedAt,
        Guid TenantId,
        string Slug,
        IReadOnlyDictionary<Guid, string> Permissions,
        IReadOnlyList<Entry> Entries
    );

    /// <param name="Path">in the archive</param>
    /// <param name="Rows">a line each</param>
    /// <param name="Bytes">uncompressed</param>
    /// <param name="Sha256">of those bytes, in hexadecimal</param>
    public sealed record Entry(string Path, long Rows, long Bytes, string Sha256);

    /// <summary>A table, as archives see it.</summary>
    /// <param name="Name">in the database</param>
    /// <param name="Columns">all that are stored, but for those that follow from others</param>
    /// <param name="Key">the order of its rows</param>
    /// <param name="Exported">SQL of each column, as an export writes it</param>
    /// <param name="PermissionColumn">the one that refers to the catalogue, where there is one</param>
    /// <param name="IsSelfReferring">its rows refer to each other and have to come in at once</param>
    public sealed record Table(
        string Name,
        IReadOnlyList<string> Columns,
        IReadOnlyList<string> Key,
        IReadOnlyList<string> Exported,
        string? PermissionColumn,
        bool IsSelfReferring
    )
    {
        public string Path => PathOf(Name);
    }

    public static string PathOf(string table) => $"rows/{table}.jsonl";

    public static string TableOf(string path) => path["rows/".Length..^".jsonl".Length];

    public static IEntityType EntityOf(IModel model, string table) =>
        model.GetEntityTypes().Single(entity => entity.GetTableName() == table);

    /// <summary>Every table whose rows an archive carries, as <see cref="ArchiveTables"/> says. Those that others refer to come first.</summary>
    public static IReadOnlyList<Table> Tables(IModel model) =>
        [
            .. TenantErasure
                .Tables(model)
                .Append(model.FindEntityType(typeof(Tenant))!.GetTableName()!)
                .Reverse()
                .Where(name => ArchiveTables.ByName.TryGetValue(name, out var table) && table.Arrival != Arrival.Never)
                .Select(name => Of(EntityOf(model, name), ArchiveTables.ByName[name])),
        ];

    private static Table Of(IEntityType entity, ArchiveTable declared) =>
        new(
            entity.GetTableName()!,
            [.. declared.Columns.Select(column => column.Name)],
            [.. entity.FindPrimaryKey()!.Properties.Select(property => property.GetColumnName())],
            [
                .. declared.Columns.Select(column =>
                    column.Exported is { } sql ? $"{sql} AS {column.Name}" : column.Name
                ),
            ],
            entity
                .GetForeignKeys()
                .SingleOrDefault(key => key.PrincipalEntityType.ClrType == typeof(Permission))
                ?.Properties.Single()
                .GetColumnName(),
            entity.GetForeignKeys().Any(key => key.PrincipalEntityType == entity)
        );
}

/// <summary>The file is no archive of a tenant, or was damaged or altered.</summary>
public sealed class BrokenArchiveException(string fault) : Exception($"The archive cannot be imported: {fault}.");
