namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// A named field: what it was before a change and is afterwards stands in the audit log. On a property, never on one that holds a secret.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AuditedAttribute : Attribute;
