namespace Tenantry.Foundation.Hosting.Http;

/// <summary>A kind of error response. Clients rely on its <see cref="Code"/> and <see cref="Status"/>.</summary>
/// <param name="Code">The stable code, for programs.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The kind in a few words, the same in each response.</param>
/// <param name="Description">When the problem happens, and what to do about it.</param>
public sealed record ProblemKind(string Code, int Status, string Title, string Description)
{
    /// <summary>
    /// A stable reference to a page of this service. It is relative, so it resolves against any host.
    /// </summary>
    public string Type => "/problems/" + Code;
}
