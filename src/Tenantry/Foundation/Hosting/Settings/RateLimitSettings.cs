namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>Rate limits in requests per minute. Null: unlimited.</summary>
/// <param name="Free">Requests of a tenant of this tier.</param>
/// <param name="Standard">Requests of a tenant of this tier.</param>
/// <param name="Premium">Requests of a tenant of this tier, and of the platform.</param>
/// <param name="Global">Requests of all tenants together.</param>
/// <param name="Auth">Sign-ins, sign-ups and similar requests from one address.</param>
/// <param name="LeasePercent">
/// The percentage of a tenant's limit that an instance reserves in Redis at a time. 0: each request asks Redis.
/// </param>
public sealed record RateLimitSettings(int? Free, int? Standard, int? Premium, int? Global, int? Auth, int LeasePercent)
{
    public static readonly RateLimitSettings Off = new(null, null, null, null, null, 0);
}
