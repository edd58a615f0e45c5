namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// How much work one guess at a password costs. A raised cost applies to new hashes at once, and to each existing user
/// from the next sign-in on.
/// </summary>
/// <param name="MemoryKiB">The memory that the computation of one hash uses.</param>
/// <param name="Passes">The number of passes over that memory.</param>
public sealed record Argon2Cost(int MemoryKiB, int Passes)
{
    /// <summary>The weakest parameters that OWASP recommends for Argon2id, as memory times passes.</summary>
    public const long Least = 35_000;
}
