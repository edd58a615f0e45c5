namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Marks a property whose values before and after a change are recorded in the audit log. Never use it for a secret.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AuditedAttribute : Attribute;
