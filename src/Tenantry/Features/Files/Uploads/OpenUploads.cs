using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Limits the uploads that have begun and are not complete. Direct and resumable uploads count separately.
/// </summary>
internal static class OpenUploads
{
    private const int MaxPerUser = 50;

    /// <summary>Keeps the statement that counts them fast.</summary>
    private const int MaxPerTenant = 10_000;

    /// <param name="ofUser">The open uploads of the caller.</param>
    /// <param name="ofTenant">The open uploads of all users of the tenant.</param>
    /// <returns>The refusal of one more. Null: it may begin.</returns>
    public static Conflicting? Refuse(long ofUser, long ofTenant) =>
        ofUser >= MaxPerUser
            ? Problems.Conflicting($"You have {MaxPerUser} open uploads. Complete or cancel one first.")
        : ofTenant >= MaxPerTenant
            ? Problems.Conflicting($"The tenant has {MaxPerTenant} open uploads. Complete or cancel one first.")
        : null;
}
