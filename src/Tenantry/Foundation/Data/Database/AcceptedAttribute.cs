namespace Tenantry.Foundation.Data.Database;

/// <summary>On a migration: one finding of the lint that is meant, and why nobody is harmed by it. One that finds nothing fails like a finding.</summary>
/// <param name="finding">a part of the finding's text that is found in no other</param>
/// <param name="because">what a reviewer reads</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AcceptedAttribute(string finding, string because) : Attribute
{
    public string Finding => finding;

    public string Because => because;
}
