namespace Tenantry.Features.Users.Importing;

/// <summary>
/// Which columns or members of the file the operator takes for which fields (<c>--map FIELD=COLUMN</c>). They replace
/// those of the format. A path of members has dots: <c>--map locale=attributes.locale</c>.
/// </summary>
public sealed class FieldMap
{
    private const string MetadataPrefix = "metadata.";

    private readonly Dictionary<string, string> paths = new(StringComparer.Ordinal);

    /// <summary>No field is mapped.</summary>
    public static readonly FieldMap None = new();

    public bool IsEmpty => paths.Count == 0;

    /// <summary>The members of <c>metadata</c> that are mapped one by one, and their paths.</summary>
    public IEnumerable<(string Member, string Path)> Metadata =>
        paths
            .Where(entry => entry.Key.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            .Select(entry => (entry.Key[MetadataPrefix.Length..], entry.Value));

    /// <param name="texts">Each <c>FIELD=COLUMN</c>. Without a column the field is not taken.</param>
    /// <param name="fault">What is wrong; null: nothing.</param>
    public static FieldMap Parse(IEnumerable<string> texts, out string? fault)
    {
        var map = new FieldMap();
        fault = null;
        foreach (var text in texts)
        {
            var field = text.Split('=')[0];
            if (!text.Contains('='))
                fault = $"--map {text} must be FIELD=COLUMN.";
            else if (
                !ImportedUser.Fields.Contains(field)
                && !(field.StartsWith(MetadataPrefix, StringComparison.Ordinal) && field.Length > MetadataPrefix.Length)
            )
                fault =
                    $"--map {text}: '{field}' is no field. Fields are {string.Join(", ", ImportedUser.Fields)} and metadata.NAME.";
            else if (!map.paths.TryAdd(field, text[(field.Length + 1)..]))
                fault = $"--map maps '{field}' twice.";
        }
        return map;
    }

    /// <returns>The mapped column; empty: the field is not taken; null: the field is not mapped.</returns>
    public string? this[string field] => paths.GetValueOrDefault(field);
}
