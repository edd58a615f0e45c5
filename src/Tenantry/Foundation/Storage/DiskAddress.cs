using System.Globalization;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>A parsed address of the disk store. Nothing in it is trusted before its signature was verified.</summary>
/// <param name="Tenant">the tenant of the object</param>
/// <param name="Id">the id of the object</param>
/// <param name="Query">the terms and the signature</param>
internal sealed record DiskAddress(Guid Tenant, Guid Id, IQueryCollection Query)
{
    public const string Path = StoreSettings.ObjectsPath;

    public string Key => $"{Tenant}/{Id}";

    public long Expires => Number("expires") ?? 0;

    public string? Signature => Text("signature");

    public string? Type => Text("type");

    public string? Disposition => Text("disposition");

    public long? Size => Number("size");

    public string? Upload => Text("upload");

    public int? Part => Number("part") is { } number and >= 0 and <= int.MaxValue ? (int)number : null;

    private string? Text(string name) => Query[name] is [{ } text] ? text : null;

    private long? Number(string name) =>
        long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
