using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>When the rows of a table are imported.</summary>
public enum ImportPolicy
{
    /// <summary>From every archive, by the rules of their columns.</summary>
    Always,

    /// <summary>Only if the operator trusts the author of the archive.</summary>
    TrustedOnly,

    /// <summary>Never: the rows have no meaning in another installation, or are computed from others.</summary>
    Never,
}

/// <summary>What an import accepts of a table. A table or column that is not declared is refused.</summary>
/// <param name="Name">in the database</param>
/// <param name="Policy">when its rows are imported</param>
/// <param name="Reason">the reason why the rows are not imported from every archive; else empty</param>
/// <param name="IsRestorable">whether <c>tenant restore</c> can restore single rows in an existing tenant</param>
/// <param name="Columns">all columns that are imported</param>
public sealed record ArchiveTable(
    string Name,
    ImportPolicy Policy,
    string Reason,
    bool IsRestorable,
    IReadOnlyList<ArchiveColumn> Columns
);

/// <summary>
/// How a value is imported. The type of each column is validated too: its form, values of enumerations, years, signs,
/// and characters that PostgreSQL cannot store.
/// </summary>
/// <param name="Name">in the database</param>
public sealed record ArchiveColumn(string Name)
{
    /// <summary>
    /// Returns the fault of a value that is not null, as the end of a sentence that begins with the column; null: there
    /// is none.
    /// </summary>
    public Func<JsonElement, ArchiveRow, string?>? Fault { get; init; }

    /// <summary>Computes the value from the row. The value in the archive is ignored.</summary>
    public Func<ArchiveRow, object?>? Computed { get; init; }

    /// <summary>
    /// Returns the value that is imported unless the archive is trusted. Changed values are reported to the operator.
    /// </summary>
    public Func<ArchiveRow, object?>? Reset { get; init; }

    /// <summary>An existing row keeps its value, also with <c>--overwrite</c>.</summary>
    public bool IsFixed { get; init; }

    /// <summary>
    /// SQL of the value of an existing row, with <c>--overwrite</c> and an archive that is not trusted. If it is null
    /// and there is a reset, the row keeps its value.
    /// </summary>
    public string? Overwritten { get; init; }

    /// <summary>SQL of the value that is exported; null: the column itself.</summary>
    public string? Exported { get; init; }

    internal static ArchiveColumn Validated(string name, ValidationAttribute rule, bool isNeeded = false) =>
        new(name)
        {
            Fault = (value, _) =>
                value.ValueKind == JsonValueKind.String
                && (!isNeeded || !string.IsNullOrWhiteSpace(value.GetString()))
                && rule.IsValid(value.GetString())
                    ? null
                    : rule.FormatErrorMessage(name),
        };
}

/// <summary>A row that is imported.</summary>
/// <param name="Values">as in the archive</param>
/// <param name="Context">of the import</param>
public sealed record ArchiveRow(JsonElement Values, ImportContext Context)
{
    public string? Text(string column) =>
        Values.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public bool IsTrue(string column) =>
        Values.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.True;
}
