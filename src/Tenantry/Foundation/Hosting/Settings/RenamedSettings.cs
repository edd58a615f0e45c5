namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>A setting with a new name.</summary>
/// <param name="Name">The name that an operator sets.</param>
/// <param name="OldName">The name that is still read for one release, where the new name is not set.</param>
public sealed record RenamedSetting(string Name, string OldName);

/// <summary>
/// All settings that were renamed in this release. Where both names are set, the new name wins. The start logs a
/// warning for each old name that is set. An entry is deleted in the next release.
/// </summary>
public static class RenamedSettings
{
    public static readonly IReadOnlyList<RenamedSetting> All = [new("REPLICA_MAX_LAG_SECONDS", "READ_LAG_SECONDS")];

    internal static readonly IReadOnlyDictionary<string, RenamedSetting> ByName = All.ToDictionary(
        setting => setting.Name,
        StringComparer.Ordinal
    );
}
