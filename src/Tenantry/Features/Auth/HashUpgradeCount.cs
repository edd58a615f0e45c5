using System.Diagnostics.Metrics;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Features.Auth;

/// <summary>
/// Counts the hashes that sign-ins replaced by Argon2id at the present cost, by their former scheme. An operator sees
/// how many imported users have signed in.
/// </summary>
public sealed class HashUpgradeCount(IMeterFactory meters)
{
    private readonly Counter<long> replaced = meters
        .Create("Tenantry.Passwords")
        .CreateCounter<long>(
            "tenantry.passwords.replaced",
            description: "Password hashes that a sign-in replaced, by former scheme"
        );

    public void Add(string stored)
    {
        if (StoredHash.TryRead(stored, out var hash))
            replaced.Add(1, new KeyValuePair<string, object?>("scheme", hash.Scheme));
    }
}
