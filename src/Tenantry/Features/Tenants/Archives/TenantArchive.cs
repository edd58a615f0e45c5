using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// The file format of an exported tenant: a ZIP file with a JSON Lines entry for each table, and a manifest with the
/// size and hash of each entry.
/// </summary>
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

    /// <param name="Format">the format of the archive: <see cref="TenantArchive.Format"/></param>
    /// <param name="Schema">the last migration of the exporting database</param>
    /// <param name="ExportedAt">the moment of the snapshot</param>
    /// <param name="TenantId">the exported tenant</param>
    /// <param name="Slug">the tenant's slug</param>
    /// <param name="Permissions">
    /// the name of each permission by its id in the exporting database; the ids differ between databases
    /// </param>
    /// <param name="Entries">all entries except the manifest</param>
    public sealed record Manifest(
        string Format,
        string Schema,
        DateTimeOffset ExportedAt,
        Guid TenantId,
        string Slug,
        IReadOnlyDictionary<Guid, string> Permissions,
        IReadOnlyList<Entry> Entries
    );

    /// <param name="Path">the path in the archive</param>
    /// <param name="Rows">the number of rows, one per line</param>
    /// <param name="Bytes">the uncompressed size</param>
    /// <param name="Sha256">the SHA-256 of those bytes, in hexadecimal</param>
    public sealed record Entry(string Path, long Rows, long Bytes, string Sha256);

    /// <summary>A table in an archive.</summary>
    /// <param name="Name">in the database</param>
    /// <param name="Columns">all stored columns; computed columns are left out</param>
    /// <param name="Key">the primary key, by which the rows are ordered</param>
    /// <param name="Exported">SQL of each exported column</param>
    /// <param name="PermissionColumn">the column that refers to a permission; null: there is none</param>
    /// <param name="IsSelfReferring">its rows refer to each other and must be imported by one statement</param>
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

    /// <summary>
    /// The tables that an archive contains, by <see cref="ArchiveTables"/>. A table comes before the tables that refer
    /// to it.
    /// </summary>
    public static IReadOnlyList<Table> Tables(IModel model) =>
        [
            .. TenantErasure
                .Tables(model)
                .Append(model.FindEntityType(typeof(Tenant))!.GetTableName()!)
                .Reverse()
                .Where(name =>
                    ArchiveTables.ByName.TryGetValue(name, out var table) && table.Policy != ImportPolicy.Never
                )
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

/// <summary>The file is not an archive of a tenant, or was damaged or changed.</summary>
public sealed class InvalidArchiveException(string fault) : Exception($"The archive cannot be imported: {fault}.");
