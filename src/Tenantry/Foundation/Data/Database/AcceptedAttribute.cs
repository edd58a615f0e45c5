namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// On a migration: accepts one finding of the migration lint, with the reason why it does no harm. An attribute that
/// matches no finding fails the lint.
/// </summary>
/// <param name="finding">A part of the finding's text that is in no other finding.</param>
/// <param name="because">The reason, for a reviewer.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AcceptedAttribute(string finding, string because) : Attribute
{
    public string Finding => finding;

    public string Because => because;
}
