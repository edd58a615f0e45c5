using System.Globalization;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// The folder of the disk store. Objects are in <c>{tenant}/{first two digits}/{id}</c>, the parts of an upload in
/// <c>.parts/{upload}</c>, and files that are being written in <c>.coming</c>.
/// </summary>
internal sealed class DiskFolder
{
    private const string Unfinished = ".coming";
    private const string Uploads = ".parts";

    private readonly string root;

    public DiskFolder(string path)
    {
        root = Path.GetFullPath(path);
        // At the start, so that files which an earlier version created below are out of reach for other accounts, too.
        Folder.Close(root);
    }

    /// <summary>Only two ids can become a path.</summary>
    public string ObjectPath(string key)
    {
        if (!IObjectStore.IsKey(key))
            throw new ArgumentException("Not a valid object key.", nameof(key));
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return Path.Combine(root, key[..slash], key.Substring(slash + 1, 2), key[(slash + 1)..]);
    }

    /// <summary>The folder of an upload. A text that is no id leads to a folder that does not exist.</summary>
    public string UploadPath(string upload) =>
        Path.Combine(root, Uploads, Guid.TryParseExact(upload, "N", out var id) ? id.ToString("N") : "none");

    public string PartPath(string upload, int number) =>
        Path.Combine(UploadPath(upload), number.ToString("D5", CultureInfo.InvariantCulture));

    public string UnfinishedPath(string name) => Path.Combine(root, Unfinished, name);

    /// <summary>A new path for a file that is being written.</summary>
    public string NewUnfinishedPath()
    {
        DiskFiles.Do(() => Folder.Make(Path.Combine(root, Unfinished)));
        return UnfinishedPath(Guid.NewGuid().ToString("N"));
    }

    public IEnumerable<string> UploadNames() => Names(Path.Combine(root, Uploads), "");

    public IEnumerable<string> UnfinishedNames() => Names(Path.Combine(root, Unfinished), "");

    /// <summary>
    /// All objects in the order of their keys. There is a folder for each tenant, and in it one for each pair of first
    /// digits: no folder has so many files that their names would fill the memory.
    /// </summary>
    public IEnumerable<(string Key, FileInfo File)> Objects(string prefix)
    {
        foreach (var tenant in Names(root, prefix.Split('/')[0]))
        {
            foreach (var part in Names(Path.Combine(root, tenant), ""))
            {
                foreach (
                    var file in DiskFiles
                        .Do(() => new DirectoryInfo(Path.Combine(root, tenant, part)).GetFiles())
                        .OrderBy(file => file.Name, StringComparer.Ordinal)
                )
                {
                    var key = $"{tenant}/{file.Name}";
                    if (file.Exists && IObjectStore.IsKey(key) && key.StartsWith(prefix, StringComparison.Ordinal))
                        yield return (key, file);
                }
            }
        }
    }

    private static List<string> Names(string folder, string prefix) =>
        DiskFiles.Do(() =>
            !Directory.Exists(folder)
                ? []
                : Directory
                    .EnumerateFileSystemEntries(folder)
                    .Select(path => Path.GetFileName(path)!)
                    .Where(name => !name.StartsWith('.') && name.StartsWith(prefix, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal)
                    .ToList()
        );
}
