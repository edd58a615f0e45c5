namespace Tenantry.Foundation.Settings;

/// <summary>Where the bytes of files are.</summary>
/// <param name="Folder">of this machine, where no bucket is set</param>
public sealed record StoreSettings(string Folder)
{
    internal static StoreSettings Read(SettingsReader read, bool isDevelopment) => new(read.Text("FILES_PATH") ?? (isDevelopment ? ".local/files" : "files"));
}
