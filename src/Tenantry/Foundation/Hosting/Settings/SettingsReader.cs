using System.Globalization;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// Reads settings one by one and collects every fault, so that an operator sees all faults of a configuration in one
/// message. The value of a secret is never part of a fault.
/// </summary>
public sealed class SettingsReader(IReadOnlyDictionary<string, string> variables)
{
    private readonly List<string> faults = [];
    private readonly List<string> names = [];
    private readonly List<RenamedSetting> renamed = [];
    private readonly Dictionary<string, string?> values = new(StringComparer.Ordinal);
    private readonly HashSet<string> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> oldNames = new(StringComparer.Ordinal);

    /// <summary>One line per fault: the setting's name and the values that it accepts.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Every name that was read. A test compares <c>.env.example</c> with it.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Settings that are set by their old name.</summary>
    public IReadOnlyList<RenamedSetting> Renamed => renamed;

    /// <summary>
    /// Each setting's text by its name. A later reading is compared with it, to find the settings that changed.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Values => values;

    /// <summary>Files that settings were read from.</summary>
    public IReadOnlyCollection<string> Files => files;

    /// <summary>
    /// The variable's value, or the content of the file that <c>NAME_FILE</c> names: an orchestrator mounts secrets as
    /// files.
    /// </summary>
    public string? Text(string name)
    {
        if (values.TryGetValue(name, out var value))
            return value;
        names.Add(name);
        value = FromVariable(name) ?? FromFile(name);
        // The new name wins: an operator who sets both can go back to the previous release.
        if (RenamedSettings.ByName.TryGetValue(name, out var setting))
        {
            if ((FromVariable(setting.OldName) ?? FromFile(setting.OldName)) is { } old)
            {
                renamed.Add(setting);
                if (value is null)
                    (value, oldNames[name]) = (old, setting.OldName);
            }
        }
        return values[name] = value;
    }

    private string? FromVariable(string name) =>
        variables.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private string? FromFile(string name)
    {
        if (!variables.TryGetValue(name + "_FILE", out var file) || string.IsNullOrWhiteSpace(file))
            return null;
        files.Add(file);
        try
        {
            if (File.ReadAllText(file).Trim() is { Length: > 0 } text)
                return text;
            // A program that replaces a file may empty it first. An empty file does not mean that the token is unset.
            Fault(name + "_FILE", "names a file that is empty");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault(name + "_FILE", "names a file that cannot be read");
            return null;
        }
    }

    public string Text(string name, string otherwise) => Text(name) ?? otherwise;

    public int Number(string name, int otherwise, int least, int most)
    {
        var text = Text(name);
        if (text is null)
            return otherwise;
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
            return number;
        Fault(name, $"must be a whole number from {least} to {most}");
        return otherwise;
    }

    /// <summary>A whole number from 1, or <c>unlimited</c>, which is null.</summary>
    public int? Quota(string name, int? otherwise)
    {
        var text = Text(name);
        if (text is null)
            return otherwise;
        if (text.Equals("unlimited", StringComparison.OrdinalIgnoreCase))
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1)
            return number;
        Fault(name, "must be a whole number from 1, or unlimited");
        return otherwise;
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public T Choice<T>(string name, T otherwise, params T[] allowed)
        where T : struct, Enum
    {
        var text = Text(name);
        if (text is null)
            return otherwise;
        var choices = allowed.Length > 0 ? allowed : Enum.GetValues<T>();
        foreach (var choice in choices)
        {
            if (string.Equals(choice.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return choice;
        }
        Fault(name, $"must be one of {string.Join(", ", choices)}");
        return otherwise;
    }

    public bool Flag(string name, bool otherwise)
    {
        var text = Text(name);
        if (text is null || bool.TryParse(text, out otherwise))
            return otherwise;
        Fault(name, "must be true or false");
        return otherwise;
    }

    public Uri? HttpUrl(string name)
    {
        var text = Text(name);
        if (text is null)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        Fault(name, "must be an absolute http:// or https:// URL");
        return null;
    }

    /// <summary>A list separated by commas. An item for which <paramref name="valid"/> is false is a fault.</summary>
    public IReadOnlyList<string> List(string name, Func<string, bool> valid, string shouldBe)
    {
        var items = Text(name, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var item in items.Where(item => !valid(item)))
            Fault(name, $"'{item}' {shouldBe}");
        return items;
    }

    public void Fault(string name, string shouldBe) =>
        faults.Add(
            oldNames.TryGetValue(name, out var old) ? $"{name} (set as {old}) {shouldBe}" : $"{name} {shouldBe}"
        );

    public void Need(string name, bool condition, string shouldBe)
    {
        if (!condition)
            Fault(name, shouldBe);
    }
}
