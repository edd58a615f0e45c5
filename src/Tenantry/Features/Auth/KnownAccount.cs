using System.Net;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Auth;

/// <summary>The account that a client signs in to, and whether the user signed in from the same place before.</summary>
/// <param name="User">The user.</param>
/// <param name="IsFamiliarAddress">Whether the user signed in from this IP address within the last 90 days.</param>
/// <param name="IsFamiliarDevice">The same, with the same user agent.</param>
public sealed record KnownAccount(User User, bool IsFamiliarAddress, bool IsFamiliarDevice)
{
    private static readonly TimeSpan FamiliarFor = TimeSpan.FromDays(90);

    /// <summary>Finds the account of an e-mail address in one round trip.</summary>
    public static async Task<KnownAccount?> Find(
        TenantDb db,
        string normalized,
        IPAddress? address,
        string? userAgent,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var since = now - FamiliarFor;
        var found = await db.Set<User>()
            .Where(u => u.EmailNormalized == normalized)
            .Select(u => new
            {
                User = u,
                IsFamiliarAddress = db.Set<Session>()
                    .Any(s => s.UserId == u.Id && s.Address == address && s.CreatedAt > since),
                IsFamiliarDevice = db.Set<Session>()
                    .Any(s =>
                        s.UserId == u.Id && s.Address == address && s.UserAgent == userAgent && s.CreatedAt > since
                    ),
            })
            .AsNoTracking()
            .SingleOrDefaultAsync(cancel);
        return found is null ? null : new KnownAccount(found.User, found.IsFamiliarAddress, found.IsFamiliarDevice);
    }
}
