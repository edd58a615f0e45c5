using Tenantry.Foundation.Data.Migrations;

namespace Tenantry.Foundation.Data.Database;

/// <summary>A migration that this version or the database has.</summary>
/// <param name="Id">The id of the migration.</param>
/// <param name="IsApplied">Whether the database has it.</param>
/// <param name="IsKnown">Whether this version has it. A later version has those that this one does not have.</param>
/// <param name="By">The version of the service that applied it; null where that was not recorded.</param>
/// <param name="At">When it was applied; null where that was not recorded.</param>
public sealed record MigrationState(string Id, bool IsApplied, bool IsKnown, string? By, DateTimeOffset? At)
{
    /// <summary>
    /// Whether a later version added it. A migration that this version does not have and that is older than the
    /// baseline is one that the baseline replaces.
    /// </summary>
    public bool IsLater => !IsKnown && string.CompareOrdinal(Id, Baseline.Id) > 0;
}

/// <summary>What <see cref="SchemaMigrations.Apply"/> did.</summary>
/// <param name="Migrations">The ids of the applied migrations, oldest first.</param>
/// <param name="Functions">The names of the functions that were defined again.</param>
/// <param name="IsAdopted">Whether a database from before the baseline was recorded as having it.</param>
public sealed record MigrationResult(IReadOnlyList<string> Migrations, IReadOnlyList<string> Functions, bool IsAdopted);
