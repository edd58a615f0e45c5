using System.Globalization;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>An address of the disk store, taken apart. Nothing in it is to be believed before its signature was checked.</summary>
/// <param name="Tenant">whose object it is</param>
/// <param name="Id">of the object</param>
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
