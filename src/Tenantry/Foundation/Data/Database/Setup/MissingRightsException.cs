namespace Tenantry.Foundation.Data.Database.Setup;

/// <summary>
/// A role lacks rights that a command needs. The message lists all of them, each with the statement that gives it.
/// </summary>
public sealed class MissingRightsException(string role, string purpose, IReadOnlyList<string> missing)
    : Exception(
        $"The role {role} cannot {purpose}. Nothing was changed. What is missing:\n"
            + string.Join('\n', missing.Select(one => "  - " + one))
    )
{
    /// <summary>One line for each right.</summary>
    public IReadOnlyList<string> Missing { get; } = missing;
}
