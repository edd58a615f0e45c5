using System.Globalization;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// Reads settings one by one and collects every fault, so that a wrong configuration is told in one message and
/// not one restart at a time. Values of secrets are never put into a fault.
/// </summary>
public sealed class SettingsReader(IReadOnlyDictionary<string, string> variables)
{
    private readonly List<string> faults = [];
    private readonly List<string> names = [];
    private readonly Dictionary<string, string?> values = new(StringComparer.Ordinal);
    private readonly HashSet<string> files = new(StringComparer.Ordinal);

    /// <summary>What is wrong, a line each: the setting's name and what it should be.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Every name asked for: <c>.env.example</c> is held against it.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>What each name says: what is held against it later tells what has changed.</summary>
    public IReadOnlyDictionary<string, string?> Values => values;

    /// <summary>Files that settings come from.</summary>
    public IReadOnlyCollection<string> Files => files;

    /// <summary>As the variable says, or the file that the variable <c>NAME_FILE</c> names: so secrets come from where an orchestrator mounts them.</summary>
    public string? Text(string name)
    {
        if (values.TryGetValue(name, out var known))
            return known;
        names.Add(name);
        return values[name] =
            variables.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value)
                ? value.Trim()
                : FromFile(name);
    }

    private string? FromFile(string name)
    {
        if (!variables.TryGetValue(name + "_FILE", out var file) || string.IsNullOrWhiteSpace(file))
            return null;
        files.Add(file);
        try
        {
            if (File.ReadAllText(file).Trim() is { Length: > 0 } text)
                return text;
            // Whoever replaces a file may empty it first: that is not the wish to do without a token.
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

    /// <summary>One of the names of an enumeration, in lower case with underscores or as written.</summary>
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

    /// <summary>A list separated by commas; each item passes <paramref name="valid"/> or is a fault.</summary>
    public IReadOnlyList<string> List(string name, Func<string, bool> valid, string shouldBe)
    {
        var items = Text(name, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var item in items.Where(item => !valid(item)))
            Fault(name, $"'{item}' {shouldBe}");
        return items;
    }

    public void Fault(string name, string shouldBe) => faults.Add($"{name} {shouldBe}");

    public void Need(string name, bool condition, string shouldBe)
    {
        if (!condition)
            Fault(name, shouldBe);
    }
}
